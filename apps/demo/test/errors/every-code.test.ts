import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { test } from "node:test";
import { Code, type CodeName, codeName } from "grpc-transcoding";
import { sentText } from "../sent-text.ts";
import { faultApp } from "./faults.ts";

/** google/rpc/code.proto, and what the preset rest changes (docs/errors.md). */
const table: Readonly<Record<Exclude<CodeName, "OK">, [google: number, rest: number]>> = {
  CANCELLED: [499, 499],
  UNKNOWN: [500, 500],
  INVALID_ARGUMENT: [400, 422],
  DEADLINE_EXCEEDED: [504, 504],
  NOT_FOUND: [404, 404],
  ALREADY_EXISTS: [409, 409],
  PERMISSION_DENIED: [403, 403],
  RESOURCE_EXHAUSTED: [429, 429],
  FAILED_PRECONDITION: [400, 422],
  ABORTED: [409, 409],
  OUT_OF_RANGE: [400, 400],
  UNIMPLEMENTED: [501, 501],
  INTERNAL: [500, 500],
  UNAVAILABLE: [503, 503],
  DATA_LOSS: [500, 500],
  UNAUTHENTICATED: [401, 401],
};
const codes = Object.keys(table) as (keyof typeof table)[];
const masked = ["UNKNOWN", "INTERNAL", "DATA_LOSS"];

const badRequest = {
  "@type": "type.googleapis.com/google.rpc.BadRequest",
  fieldViolations: [{ field: "user_name", description: "is empty" }],
};

type Expect = (name: keyof typeof table, statusCode: number, path: string) => object;

const bodies: Record<
  string,
  { body: "status" | "google" | "problem" | "auto"; accept: string; type: string; expect: Expect }
> = {
  status: {
    body: "status",
    accept: "application/problem+json, application/x-ndjson",
    type: "application/json",
    expect: (name) => ({ code: Code[name], details: [badRequest] }),
  },
  google: {
    body: "google",
    accept: "*/*",
    type: "application/json",
    expect: (name, code) => ({ error: { code, status: name, details: [badRequest] } }),
  },
  problem: {
    body: "problem",
    accept: "*/*",
    type: "application/problem+json",
    expect: (code, status, instance) => ({
      type: "about:blank",
      status,
      instance,
      code,
      errors: [{ field: "user_name", detail: "is empty" }],
    }),
  },
  "auto without problem details": {
    body: "auto",
    accept: "application/json, application/x-ndjson",
    type: "application/json",
    expect: (name) => ({ code: Code[name], details: [badRequest] }),
  },
  "auto with problem details": {
    body: "auto",
    accept: "application/problem+json, application/x-ndjson",
    type: "application/problem+json",
    expect: (code, status, instance) => ({
      type: "about:blank",
      status,
      instance,
      code,
      errors: [{ field: "user_name", detail: "is empty" }],
    }),
  },
};

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

async function get(url: string, accept: string): Promise<Answer> {
  const response = await fetch(url, { headers: { accept } });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: await sentText(response),
  };
}

/** Takes the message, and what follows from the HTTP status alone, out of a body. */
function withoutMessage(body: Record<string, unknown>, name: string): object {
  const { error, message, detail, title, ...rest } = body as Record<
    string,
    Record<string, unknown>
  >;
  const said = error?.message ?? message ?? detail;
  if (masked.includes(name))
    assert.match(String(said), /^An internal error occurred. Request id: /);
  else assert.equal(said, "told");
  if (title !== undefined) assert.equal(typeof title, "string");
  if (error === undefined) return rest;
  const { message: _, ...members } = error;
  return { ...rest, error: members };
}

for (const [at, preset] of (["google", "rest"] as const).entries()) {
  for (const [format, { body, accept, type, expect }] of Object.entries(bodies)) {
    test(`${preset} x ${format}: every code, unary, before the first message and mid-stream`, async (t) => {
      const { origin } = await faultApp(t, { preset, body });
      for (const name of codes) {
        const statusCode = table[name][at] as number;
        const query = `code=${Code[name]}&message=told&details=badRequest`;

        const unary = await get(
          `${origin}/v1/fail/${Code[name]}?message=told&details=badRequest`,
          accept,
        );
        assert.deepEqual([unary.status, unary.type], [statusCode, type], `unary ${name}`);
        const path = `/v1/fail/${Code[name]}`;
        assert.deepEqual(
          withoutMessage(JSON.parse(unary.text), name),
          expect(name, statusCode, path),
        );

        const before = await get(`${origin}/v1/fail-later?${query}`, accept);
        assert.deepEqual([before.status, before.type], [statusCode, type], `before ${name}`);
        const later = expect(name, statusCode, "/v1/fail-later");
        assert.deepEqual(withoutMessage(JSON.parse(before.text), name), later);

        const mid = await get(`${origin}/v1/fail-later?${query}&after=2`, accept);
        assert.deepEqual([mid.status, mid.type], [200, "application/x-ndjson"], `mid ${name}`);
        const [one, two, last = "", ...more] = mid.text.trimEnd().split("\n");
        assert.deepEqual([one, two, more], ['{"number":1}', '{"number":2}', []]);
        const { error } = JSON.parse(last);
        // The line has the member `error` already, so the body of AIP-193 is not wrapped twice.
        const { error: inner = later } = later as { error?: object };
        assert.deepEqual(withoutMessage(error, name), inner);
      }
    });
  }
}

/** The status and `grpc-status` that a bare HTTP/2 client gets for a gRPC call that fails with a code. */
async function nativeCall(session: ClientHttp2Session, code: Code): Promise<[number, string]> {
  const request = session.request({
    ":method": "POST",
    ":path": "/faults.v1.Faults/Fail",
    "content-type": "application/grpc",
    te: "trailers",
  });
  let received: IncomingHttpHeaders = {};
  request.on("response", (headers) => {
    received = { ...received, ...headers };
  });
  request.on("trailers", (trailers) => {
    received = { ...received, ...trailers };
  });
  request.resume();
  // FailRequest { code } as one uncompressed message.
  request.end(Buffer.of(0, 0, 0, 0, 2, 0x08, code));
  await once(request, "close");
  return [Number(received[":status"]), codeName(Number(received["grpc-status"]))];
}

test("native gRPC clients see HTTP 200 and grpc-status for every code, whatever the table", async (t) => {
  const { origin } = await faultApp(t, { preset: "rest", codes: { NOT_FOUND: 418 } });
  const session = connect(origin);
  try {
    for (const name of codes) {
      assert.deepEqual(await nativeCall(session, Code[name]), [200, name]);
    }
  } finally {
    session.destroy();
  }
});
