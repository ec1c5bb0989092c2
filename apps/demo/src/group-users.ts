import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { grpcErrorHandler, StatusError } from "fastify-grpc-errors";
import { badRequestDetail, Code } from "grpc-transcoding";

const MAX_FILE_BYTES = 1024 * 1024;
const EMAIL = /^[^\s@,]+@[^\s@,]+$/;

interface User {
  readonly email: string;
  readonly name: string;
}

/**
 * The users of reading groups, by handlers of our own on `google.api.http` templates: a form with a file is no message
 * of a proto. What guards the rpcs guards these as well: they stand in the gateway's table.
 */
export async function groupUsers(app: FastifyInstance): Promise<void> {
  app.setErrorHandler(grpcErrorHandler);
  await app.register(multipart, { limits: { files: 1, fileSize: MAX_FILE_BYTES } });
  const groups = new Map<string, readonly User[]>();
  const gateway = app.grpcGateway();

  gateway.handlePath("GET", "/v1/groups/{name=*}/users", async ({ params }) => {
    const { name } = params as { name: string };
    return { users: groups.get(name) ?? [] };
  });

  // Takes the place of the users that the group had.
  gateway.handlePath("POST", "/v1/groups/{name=*}/users", async (request) => {
    const { name } = request.params as { name: string };
    const users = await usersOf(request);
    groups.set(name, users);
    return { imported: users.length };
  });
}

/** The users of the request's file, a line each: `ada@example.com,Ada Lovelace`. Fastify answers a larger file with 413. */
async function usersOf(request: FastifyRequest): Promise<User[]> {
  const file = await request.file();
  if (file === undefined) throw invalidFile("send a form with a file");
  const lines = (await file.toBuffer()).toString("utf8").trimEnd().split(/\r?\n/);
  return lines.map((line, index) => {
    const [email = "", ...name] = line.split(",");
    if (!EMAIL.test(email)) throw invalidFile(`line ${index + 1} begins with no email address`);
    return { email, name: name.join(",").trim() };
  });
}

function invalidFile(description: string): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, description, {
    details: [badRequestDetail([{ field: "file", description }])],
  });
}
