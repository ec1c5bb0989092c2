import type { TestContext } from "node:test";
import {
  Client,
  credentials,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceError,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** The identity, as serializer of messages that are bytes. */
export const echo = (bytes: Buffer): Buffer => bytes;

function method(path: string, responseStream = false): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: false,
    responseStream,
    requestSerialize: echo,
    requestDeserialize: echo,
    responseSerialize: echo,
    responseDeserialize: echo,
  };
}

/** A client of a real server with the given handlers, each at `/t.S/<name>`; those whose name starts with `stream` answer a stream. */
export async function clientOf(
  t: TestContext,
  handlers: UntypedServiceImplementation,
): Promise<Client> {
  const server = new Server();
  const names = Object.keys(handlers);
  const definition = Object.fromEntries(
    names.map((name) => [name, method(`/t.S/${name}`, name.startsWith("stream"))]),
  );
  server.addService(definition, handlers);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (failed, bound) =>
      failed ? reject(failed) : resolve(bound),
    ),
  );
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.after(() => {
    client.close();
    server.forceShutdown();
  });
  return client;
}

/** The response of a unary call, or its error. */
export function call(client: Client, name: string): Promise<ServiceError | Buffer> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(`/t.S/${name}`, echo, echo, Buffer.from("q"), (error, response) =>
      resolve(error ?? (response as Buffer)),
    );
  });
}
