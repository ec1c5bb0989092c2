import assert from "node:assert/strict";
import { constants } from "node:http2";
import { type TestContext, test } from "node:test";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { Code } from "grpc-transcoding";
import { answerOf } from "../rest-clients.ts";
import { listen, shopApp } from "../shop.ts";
import {
  type Answer,
  afterFirstMessage,
  frame,
  grpcAnswer,
  grpcHeaders,
  item,
  rawUpstream,
  reset,
} from "./raw-upstream.ts";

interface Expected {
  readonly code: Code;
  readonly http: number;
  readonly message: string;
}

const html = (status: number, body: string | undefined): Answer => {
  return (stream) => {
    const headers = { ":status": status, "content-type": "text/html; charset=utf-8" };
    stream.respond(headers, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
  };
};
const page = "<html><body>It works!</body></html>";
const tooLarge = {
  code: Code.INTERNAL,
  http: 502,
  message: "a response message of the upstream is larger than the limit",
};
const second = {
  code: Code.INTERNAL,
  http: 502,
  message: "the upstream sent a second response to a call that has one",
};
const missing = {
  code: Code.INTERNAL,
  http: 502,
  message: "the upstream ended the call without a response",
};
const malformed = {
  code: Code.INTERNAL,
  http: 502,
  message: "the upstream's answer is malformed",
};
const refused = {
  code: Code.UNAVAILABLE,
  http: 503,
  message: "the upstream takes no more calls at present",
};
const lost = {
  code: Code.UNAVAILABLE,
  http: 503,
  message: "the connection to the upstream was lost",
};
const notGrpc = (code: Code, http: number, told: string): Expected => ({
  code,
  http,
  message: `the upstream's answer is not gRPC: ${told}`,
});
const withoutStatus = (code: Code): Expected => ({
  code,
  http: 502,
  message: "the upstream ended the call without a status",
});

/** Answers to a call with one response. */
const faults: Readonly<Record<string, readonly [Answer, Expected]>> = {
  "a message over the limit": [
    grpcAnswer([frame(Buffer.alloc(0), 5 * 1024 * 1024)], { "grpc-status": "0" }),
    tooLarge,
  ],
  "two messages": [grpcAnswer([item, item], { "grpc-status": "0" }), second],
  "three messages and an error": [grpcAnswer([item, item, item], { "grpc-status": "5" }), second],
  "OK without a message": [grpcAnswer([], { "grpc-status": "0" }), missing],
  "OK without a message, trailers only": [
    (stream) => stream.respond({ ...grpcHeaders, "grpc-status": "0" }, { endStream: true }),
    missing,
  ],
  "half a frame, then OK": [grpcAnswer([item.subarray(0, 6)], { "grpc-status": "0" }), missing],
  "half a frame, then the end": [grpcAnswer([item.subarray(0, 6)]), withoutStatus(Code.INTERNAL)],
  "a message, then the end": [grpcAnswer([item]), withoutStatus(Code.INTERNAL)],
  "trailers without a status": [
    grpcAnswer([item], { "x-trailer": "1" }),
    withoutStatus(Code.UNKNOWN),
  ],
  "503 that says it is gRPC": [
    grpcAnswer([], { "x-trailer": "1" }, { ":status": "503" }),
    { ...withoutStatus(Code.UNAVAILABLE), http: 503 },
  ],
  "gRPC-Web": [
    grpcAnswer([item], { "grpc-status": "0" }, { "content-type": "application/grpc-web+proto" }),
    notGrpc(Code.UNKNOWN, 502, "content-type application/grpc-web+proto"),
  ],
  "headers alone": [
    (stream) => stream.respond(grpcHeaders, { endStream: true }),
    withoutStatus(Code.UNKNOWN),
  ],
  "a status that is no number": [grpcAnswer([], { "grpc-status": "abc" }), malformed],
  "a compressed frame without an encoding": [
    grpcAnswer([frame(Buffer.from("zip"), 3, 1)], { "grpc-status": "0" }),
    malformed,
  ],
  "a frame that does not decompress": [
    grpcAnswer(
      [frame(Buffer.from("zip"), 3, 1)],
      { "grpc-status": "0" },
      { "grpc-encoding": "gzip" },
    ),
    malformed,
  ],
  "an encoding that nobody knows": [
    grpcAnswer(
      [frame(Buffer.from("zip"), 3, 1)],
      { "grpc-status": "0" },
      { "grpc-encoding": "zip" },
    ),
    malformed,
  ],
  "a page": [html(200, page), notGrpc(Code.UNKNOWN, 502, "content-type text/html")],
  "a page without end": [
    (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.write("<");
    },
    notGrpc(Code.UNKNOWN, 502, "content-type text/html"),
  ],
  "an empty page": [html(200, undefined), notGrpc(Code.UNKNOWN, 502, "content-type text/html")],
  "frames that say they are a page": [
    (stream) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.end(item);
    },
    notGrpc(Code.UNKNOWN, 502, "content-type text/html"),
  ],
  "a content type that nobody should see": [
    (stream) => {
      stream.respond({ ":status": 200, "content-type": "<script>/10.0.0.7:8080" });
      stream.end(page);
    },
    notGrpc(Code.UNKNOWN, 502, "content-type unknown"),
  ],
  "400 with a page": [
    html(400, page),
    notGrpc(Code.INTERNAL, 502, "HTTP 400, content-type text/html"),
  ],
  "401 with a page": [
    html(401, page),
    notGrpc(Code.UNAUTHENTICATED, 401, "HTTP 401, content-type text/html"),
  ],
  "403 with a page": [
    html(403, page),
    notGrpc(Code.PERMISSION_DENIED, 403, "HTTP 403, content-type text/html"),
  ],
  "404 with a page": [
    html(404, page),
    notGrpc(Code.UNIMPLEMENTED, 501, "HTTP 404, content-type text/html"),
  ],
  "429 with a page": [
    html(429, page),
    notGrpc(Code.UNAVAILABLE, 503, "HTTP 429, content-type text/html"),
  ],
  "500 with a page": [
    html(500, page),
    notGrpc(Code.UNKNOWN, 502, "HTTP 500, content-type text/html"),
  ],
  "503 with a page": [
    html(503, page),
    notGrpc(Code.UNAVAILABLE, 503, "HTTP 503, content-type text/html"),
  ],
  "503 without a body": [
    html(503, undefined),
    notGrpc(Code.UNAVAILABLE, 503, "HTTP 503, content-type text/html"),
  ],
  "404 without a content type": [
    (stream) => {
      stream.respond({ ":status": 404 });
      stream.end("no");
    },
    notGrpc(Code.UNIMPLEMENTED, 501, "HTTP 404, content-type unknown"),
  ],
  "a reset with ENHANCE_YOUR_CALM": [reset(constants.NGHTTP2_ENHANCE_YOUR_CALM), refused],
  "a reset with REFUSED_STREAM": [reset(constants.NGHTTP2_REFUSED_STREAM), refused],
  "a reset with INTERNAL_ERROR": [
    reset(constants.NGHTTP2_INTERNAL_ERROR),
    {
      code: Code.INTERNAL,
      http: 502,
      message: "the upstream reset the call with HTTP/2 error 2",
    },
  ],
  "a reset with CANCEL": [
    reset(constants.NGHTTP2_CANCEL),
    { code: Code.CANCELLED, http: 502, message: "the upstream cancelled the call" },
  ],
  "a status of the service with a text of grpc-js": [
    (stream) =>
      stream.respond(
        {
          ...grpcHeaders,
          "grpc-status": "8",
          "grpc-message": "Received message larger than max (5 vs 4)",
        },
        { endStream: true },
      ),
    {
      code: Code.RESOURCE_EXHAUSTED,
      http: 429,
      message: "Received message larger than max (5 vs 4)",
    },
  ],
  "a status of the service with another text of grpc-js, after headers": [
    grpcAnswer([], {
      "grpc-status": "8",
      "grpc-message": "Bandwidth exhausted or memory limit exceeded",
    }),
    {
      code: Code.RESOURCE_EXHAUSTED,
      http: 429,
      message: "Bandwidth exhausted or memory limit exceeded",
    },
  ],
};

const transports = ["http2", "grpc-js"] as const;
const each = <T>(cases: Iterable<T>) =>
  [...cases].flatMap((one) => transports.map((transport) => ({ one, transport })));

for (const { one, transport } of each(Object.entries(faults))) {
  const [name, [answer, { code, http, message }]] = one;
  test(`${name} is ${http} for REST and ${code} for native gRPC (${transport})`, async (t) => {
    const upstream = { target: await rawUpstream(t, answer), transport };
    const origin = await listen(await shopApp(t, { upstream }));
    const response = await fetch(`${origin}/v1/items/7`);
    assert.deepEqual(
      { http: response.status, ...((await response.json()) as object) },
      { http, code, message, details: [] },
    );
    assert.deepEqual(await nativeUnary(t, origin), [code, message]);
  });
}

/** What may happen after a stream's first message. */
const streamFaults: Readonly<Record<string, readonly [Answer, Omit<Expected, "http">]>> = {
  "a message over the limit": [
    (stream) => stream.write(frame(Buffer.alloc(0), 5 * 1024 * 1024)),
    tooLarge,
  ],
  "a reset with ENHANCE_YOUR_CALM": [reset(constants.NGHTTP2_ENHANCE_YOUR_CALM), refused],
  "a reset with INTERNAL_ERROR": [
    reset(constants.NGHTTP2_INTERNAL_ERROR),
    { code: Code.INTERNAL, message: "the upstream reset the call with HTTP/2 error 2" },
  ],
  "the end without a status": [(stream) => stream.end(), withoutStatus(Code.INTERNAL)],
  "a connection that is killed": [(_stream, kill) => kill(), lost],
  "a GOAWAY with ENHANCE_YOUR_CALM": [
    ({ session }) => {
      session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0);
      session?.destroy();
    },
    refused,
  ],
  "a GOAWAY of a server that does not wait": [
    ({ session }, kill) => {
      session?.goaway(constants.NGHTTP2_NO_ERROR);
      setTimeout(kill, 50);
    },
    lost,
  ],
};

for (const { one, transport } of each(Object.entries(streamFaults))) {
  const [name, [next, { code, message }]] = one;
  test(`${name} after the first message of a stream is told in words of ours (${transport})`, async (t) => {
    const upstream = { target: await rawUpstream(t, afterFirstMessage(next)), transport };
    const app = await shopApp(t, { upstream });
    const origin = await listen(app);
    const { body } = await answerOf(t, app, "/v1/items:count");
    const lines = body.trimEnd().split("\n");
    assert.equal(lines.length, 2);
    assert.deepEqual(JSON.parse(lines[1] as string), { error: { code, message, details: [] } });
    assert.deepEqual(await nativeStream(t, origin), [1, code, message]);
  });
}

test("a status of the service in a stream keeps its text, also one of grpc-js' texts", async (t) => {
  const trailers = { "grpc-status": "14", "grpc-message": "Connection dropped" };
  const upstream = await rawUpstream(t, grpcAnswer([item], trailers));
  const app = await shopApp(t, { upstream });
  const origin = await listen(app);
  const { body } = await answerOf(t, app, "/v1/items:count");
  assert.match(body, /"message":"Connection dropped"/);
  assert.deepEqual(await nativeStream(t, origin), [1, Code.UNAVAILABLE, "Connection dropped"]);
});

const calm = reset(constants.NGHTTP2_ENHANCE_YOUR_CALM);
const warnings: readonly [Answer, string, (typeof transports)[number]?][] = [
  [calm, "upstream: Bandwidth exhausted or memory limit exceeded", "grpc-js"],
  [calm, "upstream: the server reset the call with HTTP/2 error 11"],
  [html(200, page), "upstream: the upstream's answer is not gRPC: content-type text/html"],
  [
    grpcAnswer([frame(Buffer.from("zip"), 3, 1)], { "grpc-status": "0" }),
    "upstream: the upstream's answer is malformed",
  ],
];
for (const [answer, warning, transport = "http2"] of warnings) {
  test(`the operator reads "${warning}"`, async (t) => {
    const lines: string[] = [];
    const logger = { stream: { write: (line: string) => void lines.push(line) } };
    const target = await rawUpstream(t, answer);
    const app = await shopApp(t, { upstream: { target, transport } }, { logger });
    await app.inject("/v1/items/7");
    const warned = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
    assert.deepEqual(
      warned.map(({ msg, upstream }) => [msg, upstream]),
      [[warning, target]],
    );
  });
}

test("an answer without a content type is taken for gRPC where its HTTP status is 200", async (t) => {
  const answer =
    (status: number): Answer =>
    (stream) => {
      stream.respond({ ":status": status }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(item);
    };
  const countOf = async (status: number) =>
    (await shopApp(t, { upstream: await rawUpstream(t, answer(status)) })).inject(
      "/v1/items:count",
    );
  assert.equal((await countOf(200)).json().name, "a");
  assert.equal((await countOf(404)).statusCode, 501);
});

function clientOf(t: TestContext, origin: string): Client {
  const client = new Client(origin.replace("http://", ""), credentials.createInsecure());
  t.after(() => client.close());
  return client;
}

const bytes = (message: Buffer): Buffer => message;

function nativeUnary(t: TestContext, origin: string): Promise<unknown> {
  return new Promise((resolve) => {
    clientOf(t, origin).makeUnaryRequest(
      "/shop.v1.Shop/GetItem",
      bytes,
      bytes,
      Buffer.alloc(0),
      (error: ServiceError | null) => resolve([error?.code, error?.details]),
    );
  });
}

function nativeStream(t: TestContext, origin: string): Promise<unknown> {
  return new Promise((resolve) => {
    let messages = 0;
    clientOf(t, origin)
      .makeServerStreamRequest("/shop.v1.Shop/Count", bytes, bytes, Buffer.alloc(0))
      .on("data", () => {
        messages += 1;
      })
      .on("error", (error: ServiceError) => resolve([messages, error.code, error.details]));
  });
}
