import { fileURLToPath } from "node:url";
import { Metadata, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
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

/** About as long as the status of a failure without details. */
const smallBook = () => ({
  name: "books/7",
  title: "Die Wahlverwandtschaften",
  author: "Goethe",
  tags: ["a", "b"],
});

/** With it, a book is about as long as a status with two details. */
const summary =
  "Eduard - so nennen wir einen reichen Baron im besten Mannesalter - hatte in seiner Baumschule die " +
  "schoenste Stunde eines Aprilnachmittags zugebracht, um frisch erhaltene Pfropfreiser auf junge " +
  "Staemme zu bringen.";

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

type Book = ReturnType<typeof smallBook> & { summary?: string };

/** One entry, as many as a failure's details are. */
function trailers(): Metadata {
  const metadata = new Metadata();
  metadata.set("etag", '"7"');
  return metadata;
}

const handlers = {
  GetBook({ request }: ServerUnaryCall<{ outcome: string }, Book>, callback: sendUnaryData<Book>) {
    const failure = failures[request.outcome];
    if (failure !== undefined) callback(failure());
    else if (request.outcome === "small") callback(null, smallBook());
    else callback(null, { ...smallBook(), summary }, trailers());
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
    await scope.register(grpcGateway, { nativeGrpc: false, proto, upstream, prefix: `/${body}` });
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
