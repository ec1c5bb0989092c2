import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Metadata, Server, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import grpcGateway, { type FastifyGrpcGatewayOptions } from "fastify-grpc-gateway";

const proto = fileURLToPath(new URL("./proto", import.meta.url));
const service = "echo.v1.Echo";

/** What the service does beside answering the bytes that it got. */
export interface EchoBehaviour {
  /** Told the metadata of each call. */
  readonly onMetadata?: (metadata: Metadata) => void;
  readonly headers?: readonly (readonly [key: string, value: string | Buffer])[];
  readonly trailers?: readonly (readonly [key: string, value: string])[];
  /** What Fail fails with. */
  readonly error?: { readonly code?: number; readonly details: string };
}

/** A server that answers each message by the same bytes: what the gateway made of a request is seen as it is. */
export function echoServer(behaviour: EchoBehaviour = {}): Server {
  const server = new Server();
  const handle = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    behaviour.onMetadata?.(call.metadata);
    call.sendMetadata(metadataOf(behaviour.headers));
    const trailers = metadataOf(behaviour.trailers);
    if (!call.getPath().endsWith("/Fail")) callback(null, call.request, trailers);
    else if (behaviour.error?.code === undefined) callback(new Error(behaviour.error?.details));
    else callback({ ...behaviour.error, metadata: trailers });
  };
  const same = (bytes: Buffer): Buffer => bytes;
  for (const name of ["Send", "Read", "Update", "Upload", "Nothing", "Fail"]) {
    const method = {
      path: `/${service}/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    } as const;
    server.addService({ [name]: method }, { [name]: handle });
  }
  return server;
}

function metadataOf(entries: EchoBehaviour["headers"] = []): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of entries) metadata.add(key, value);
  return metadata;
}

/** A google.api.http rule by the name of its method: `{ Send: { post: "/v1" } }`. */
export type Rules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An app whose gateway has the preset, these rules and no others. */
export async function echoApp(
  t: TestContext,
  rules: Rules,
  options: Partial<FastifyGrpcGatewayOptions> & { readonly behaviour?: EchoBehaviour } = {},
  fastify: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = Fastify(fastify);
  t.after(() => app.close());
  const { behaviour, ...given } = options;
  await app.register(grpcGateway, {
    proto,
    upstream: echoServer(behaviour),
    preset: "grpc-gateway",
    rules: Object.entries(rules).map(([name, rule]) => ({
      selector: `${service}.${name}`,
      ...rule,
    })),
    ...given,
  });
  return app;
}

/** Prints only what is set, so that tests see what a request made. All else is the preset. */
export const onlySet = { json: { emit: "set" } } as const;
