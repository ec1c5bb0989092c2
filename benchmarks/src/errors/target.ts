import { fileURLToPath } from "node:url";
import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcErrors, {
  badRequestDetail,
  Code,
  type ErrorRule,
  errorInfoDetail,
  StatusError,
} from "fastify-grpc-errors";
import grpcGateway, { createServer } from "fastify-grpc-gateway";

// The app whose requests are measured, in a process of its own, so that its CPU time is its alone.
// Speaks over IPC: sends { port } when ready, answers any message with { cpuMicros }.

const proto = fileURLToPath(new URL(".", import.meta.url));

const book = {
  name: "books/7",
  title: "Die Wahlverwandtschaften",
  author: "Goethe",
  tags: ["a", "b"],
};

const failures: Record<string, () => StatusError> = {
  plain: () => new StatusError(Code.NOT_FOUND, "there is no book books/7"),
  details: () =>
    new StatusError(Code.INVALID_ARGUMENT, "the title is empty", {
      details: [
        badRequestDetail([{ field: "title", description: "is empty" }]),
        errorInfoDetail({ reason: "TITLE_MISSING", domain: "bench.test", metadata: { book: "7" } }),
      ],
    }),
};

const handlers = {
  GetBook(
    { request }: ServerUnaryCall<{ outcome: string }, typeof book>,
    callback: sendUnaryData<typeof book>,
  ) {
    const failure = failures[request.outcome];
    if (failure === undefined) callback(null, book);
    else callback(failure());
  },
};

const rules: readonly ErrorRule[] = Array.from({ length: 50 }, (_, at) => ({
  when: { domain: "bench.test", reason: `REASON_${at}X` },
  // biome-ignore lint/suspicious/noThenProperty: the name that the option has
  then: { status: 400 + at },
}));

/** One scope for each body format, each with its own table and gateway. */
async function addFormat(body: "status" | "problem"): Promise<void> {
  const upstream = await createServer({ proto, services: { "bench.errors.v1.Faults": handlers } });
  await app.register(async (scope) => {
    await scope.register(grpcErrors, { body, rules });
    await scope.register(grpcGateway, { proto, upstream, prefix: `/${body}` });
  });
}

const app = Fastify();
await addFormat("status");
await addFormat("problem");
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system });
});
process.on("disconnect", () => process.exit());
await app.listen({ port: 0, host: "127.0.0.1" });
process.send?.({ port: (app.server.address() as { port: number }).port });
