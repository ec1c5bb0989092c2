import { PassThrough, type Readable, type Transform } from "node:stream";
import zlib from "node:zlib";
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onSendHookHandler,
  RouteOptions,
} from "fastify";
import { StreamBody } from "./stream-body.ts";

/**
 * Keeps streams flowing where a plugin compresses what the routes of this scope answer: @fastify/compress holds
 * messages back until there is enough for a block. What it decides (whether, and by which encoding) stands, the
 * compression is done here. Plugins of this kind add a hook to each route, so ours go around it.
 */
export function flushCompressed(scope: FastifyInstance): void {
  scope.addHook("onRoute", (route: RouteOptions) => {
    if (route.onSend === undefined) return;
    route.onSend = [hideBody, route.onSend, showBody].flat();
  });
}

/** A body that another stream stands for while the route's hooks decide. */
interface HiddenBody {
  readonly body: StreamBody;
  readonly standIn: PassThrough;
}

const hidden = new WeakMap<FastifyReply, HiddenBody>();

const hideBody: onSendHookHandler = (_request, reply, payload, done) => {
  if (!(payload instanceof StreamBody)) {
    done(null, payload);
    return;
  }
  const standIn = new PassThrough();
  hidden.set(reply, { body: payload, standIn });
  done(null, standIn);
};

const showBody: onSendHookHandler = (_request: FastifyRequest, reply, payload, done) => {
  const found = hidden.get(reply);
  if (found === undefined) {
    done(null, payload);
    return;
  }
  const { body, standIn } = found;
  const encoding = encodings.get(String(reply.getHeader("content-encoding")));
  if (payload === standIn || encoding !== undefined) {
    standIn.destroy();
    done(null, encoding === undefined ? body : compressed(body, encoding));
    return;
  }
  // What is made of the stand-in is made of the body.
  body.pipe(standIn);
  done(null, payload);
};

type Encoder = Transform & { flush(kind: number): void };

interface Encoding {
  readonly create: () => Encoder;
  /** What lets a reader have all that was written so far. */
  readonly flush: number;
}

const { constants } = zlib;

/** Windows of 256 KiB, since a stream may stay open for hours: what it holds counts more than the last percent. */
const windowBits = 18;

const brotli: zlib.BrotliOptions = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 4,
    [constants.BROTLI_PARAM_LGWIN]: windowBits,
  },
};

/** By their names in `Content-Encoding`; "deflate" is the zlib format (RFC 9110, section 8.4.1). */
const encodings: ReadonlyMap<string, Encoding> = new Map([
  ["gzip", { create: () => zlib.createGzip(), flush: constants.Z_SYNC_FLUSH }],
  ["deflate", { create: () => zlib.createDeflate(), flush: constants.Z_SYNC_FLUSH }],
  [
    "br",
    { create: () => zlib.createBrotliCompress(brotli), flush: constants.BROTLI_OPERATION_FLUSH },
  ],
  ...zstd(),
]);

/** Node has it from 22.15 on, with the numbers of zstd.h: ZSTD_c_windowLog, ZSTD_e_flush. */
function zstd(): [string, Encoding][] {
  const { createZstdCompress } = zlib as { createZstdCompress?: (options: object) => Encoder };
  if (createZstdCompress === undefined) return [];
  return [
    ["zstd", { create: () => createZstdCompress({ params: { 101: windowBits } }), flush: 1 }],
  ];
}

/** A body compressed so that each chunk of it can be read at once. */
function compressed(body: StreamBody, { create, flush }: Encoding): Readable {
  const encoder = create();
  body.pipe(encoder);
  // Behind the listener by which `pipe` has written the chunk.
  body.on("data", () => encoder.flush(flush));
  return encoder;
}
