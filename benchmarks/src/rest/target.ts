import { fileURLToPath } from "node:url";
import type { sendUnaryData } from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcGateway, { createServer } from "fastify-grpc-gateway";
import { type Contender, leastMicros, ownCpuMicros } from "../transport/rounds.ts";

// Run from the built packages by rest.bench.ts.

const ROUNDS = 9;
const proto = fileURLToPath(new URL(".", import.meta.url));

const book = {
  name: "books/7",
  title: "Die Wahlverwandtschaften",
  etag: '"7"',
  tags: ["a", "b"],
  text: "",
};

/** 100 KB of JSON, of which names and titles are a tenth. */
const books = Array.from({ length: 150 }, (_, i) => ({
  ...book,
  name: `books/${i}`,
  text: "Eduard - so nennen wir einen reichen Baron ".repeat(13),
}));

const answerWith =
  (message: object) =>
  (_call: unknown, respond: sendUnaryData<object>): void =>
    respond(null, message);

async function appWith(options: object): Promise<ReturnType<typeof Fastify>> {
  const handlers = {
    Plain: answerWith(book),
    Tagged: answerWith(book),
    List: answerWith({ books }),
  };
  const upstream = await createServer({ proto, services: { "bench.rest.v1.Rest": handlers } });
  const app = Fastify();
  await app.register(grpcGateway, { nativeGrpc: false, proto, upstream, ...options });
  await app.ready();
  return app;
}

const plain = await appWith({});
// Of a gateway that is older than these options only the first is measured.
const isWhole = process.argv[2] !== "plain";
const masking = isWhole ? await appWith({ partialResponses: true, prettyPrint: true }) : plain;

function asking(
  name: string,
  count: number,
  url: string,
  app = plain,
  headers: Record<string, string> = {},
): Contender {
  const spend = (requests: number) =>
    ownCpuMicros(async () => {
      for (let i = 0; i < requests; i += 1) {
        const { statusCode } = await app.inject({ url, headers });
        if (statusCode !== 200 && statusCode !== 304) throw new Error(`${name}: ${statusCode}`);
      }
    });
  return { name, count, spend };
}

const contenders = [asking("a method without rules", 3000, "/v1/plain/1")];
if (isWhole) {
  contenders.push(
    asking("the same, clients may choose fields", 3000, "/v1/plain/1", masking),
    asking("etag, header, source, Cache-Control", 3000, "/v1/tagged/1", plain, { "x-tier": "1" }),
    asking("the same, 304", 3000, "/v1/tagged/1", plain, { "if-none-match": '"7"' }),
    asking("100 KB whole", 300, "/v1/books", masking),
    asking("a tenth of it by a mask", 300, "/v1/books?fields=books(name,title)", masking),
    asking("the whole laid out", 300, "/v1/books?pretty", masking),
  );
}

const least = await leastMicros(contenders, ROUNDS);
console.log(`\nrest: CPU per injected request, service in the same process, best of ${ROUNDS}`);
for (const [name, micros] of least) {
  console.log(`  ${name.padEnd(40)} ${micros.toFixed(1).padStart(8)} us`);
}
await plain.close();
await masking.close();
