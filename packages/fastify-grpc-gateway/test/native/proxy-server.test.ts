import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import Fastify from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { listen } from "../shop.ts";
import { whenStill } from "../when-still.ts";

const proto = fileURLToPath(new URL("../call/proto", import.meta.url));
const same = (bytes: Buffer): Buffer => bytes;

function method(name: string, requestStream: boolean, responseStream: boolean) {
  const path = `/tally.v1.Tally/${name}`;
  const [requestSerialize, requestDeserialize] = [same, same];
  const [responseSerialize, responseDeserialize] = [same, same];
  const codec = { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize };
  return { path, requestStream, responseStream, ...codec };
}

const definition = {
  Read: method("Read", false, false),
  Add: method("Add", true, false),
  Watch: method("Watch", false, true),
};

/** A client of an app that passes calls on to these handlers, behind a socket of their own. */
async function clientOf(t: TestContext, handlers: UntypedServiceImplementation): Promise<Client> {
  const server = new Server();
  server.addService(definition, handlers);
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  const app = Fastify({ forceCloseConnections: true });
  await app.register(grpcGateway, { proto, upstream: `127.0.0.1:${bound}` });
  const { host } = new URL(await listen(app));
  const client = new Client(host, credentials.createInsecure());
  t.after(async () => {
    client.close();
    await app.close();
    server.forceShutdown();
  });
  return client;
}

const message = Buffer.alloc(50_000);
const messages = 300;
// Windows and buffers of three connections' ends, far from the whole.
const mostOnTheWay = 100;
const soon = { timeout: 10_000 };

test(
  "a native client that does not read stops the upstream of a passed-on stream",
  soon,
  async (t) => {
    let written = 0;
    const client = await clientOf(t, {
      async Watch(call: ServerWritableStream<Buffer, Buffer>) {
        while (written < messages) {
          written += 1;
          if (!call.write(message)) await once(call, "drain");
        }
        call.end();
      },
    });
    const stream = client.makeServerStreamRequest(
      definition.Watch.path,
      same,
      same,
      Buffer.alloc(0),
    );
    await once(stream, "readable");
    const ahead = await whenStill(() => written);
    assert.ok(ahead < mostOnTheWay, `${ahead} messages were written to a client that reads none`);
    let received = 0;
    for await (const _ of stream) received += 1;
    assert.equal(received, messages);
  },
);

test(
  "an upstream that does not read stops the native client of a passed-on stream",
  soon,
  async (t) => {
    let reach = (_call: ServerReadableStream<Buffer, Buffer>): void => {};
    const reached = new Promise<ServerReadableStream<Buffer, Buffer>>((resolve) => {
      reach = resolve;
    });
    let received = 0;
    const client = await clientOf(t, {
      Add(call: ServerReadableStream<Buffer, Buffer>, respond: sendUnaryData<Buffer>) {
        call.on("end", () => respond(null, Buffer.from(String(received))));
        reach(call);
      },
    });
    let accepted = 0;
    const answer = new Promise((resolve, reject) => {
      const stream = client.makeClientStreamRequest(
        definition.Add.path,
        same,
        same,
        (error, value) => (error ? reject(error) : resolve(Number(value))),
      );
      const next = (): void => {
        accepted += 1;
        if (accepted < messages) stream.write(message, next);
        else stream.end();
      };
      stream.write(message, next);
    });
    const call = await reached;
    const ahead = await whenStill(() => accepted);
    assert.ok(ahead < mostOnTheWay, `${ahead} messages were taken for a service that reads none`);
    call.on("data", () => {
      received += 1;
    });
    assert.equal(await answer, messages);
  },
);

test("keys that belong to a connection do not pass on with a native call", async (t) => {
  let seen = new Metadata();
  const client = await clientOf(t, {
    Read(call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) {
      seen = call.metadata;
      respond(null, call.request);
    },
  });
  const metadata = new Metadata();
  for (const key of ["content-language", "grpc-custom", "host", "x-any"]) metadata.set(key, "1");
  await new Promise((resolve, reject) => {
    const { path } = definition.Read;
    client.makeUnaryRequest(path, same, same, message, metadata, (error, value) =>
      error ? reject(error) : resolve(value),
    );
  });
  const { "user-agent": _, ...passed } = seen.getMap();
  assert.deepEqual(passed, { "x-any": "1" });
});

test("the client's deadline passes on with a native call", async (t) => {
  let seen: unknown;
  const client = await clientOf(t, {
    Read(call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) {
      seen = call.getDeadline();
      respond(null, call.request);
    },
  });
  const deadline = Date.now() + 60_000;
  await new Promise((resolve, reject) => {
    const { path } = definition.Read;
    client.makeUnaryRequest(path, same, same, message, { deadline }, (error, value) =>
      error ? reject(error) : resolve(value),
    );
  });
  assert.ok(Math.abs(Number(seen) - deadline) < 5_000, `the service has the deadline ${seen}`);
});
