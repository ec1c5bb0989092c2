import assert from "node:assert/strict";
import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import http2 from "node:http2";
import { type TestContext, test } from "node:test";
import grpcPolicies from "fastify-grpc-policies";
import { type Fill, type ShopHandlers, shopApp } from "./shop.ts";

/** A shop that has sold what its limit allows: one more call of any method is refused. */
async function soldOut(t: TestContext, handlers: ShopHandlers = {}): Promise<number> {
  const { port } = await shopApp(t, {
    ...handlers,
    // Some clients here never end their requests.
    gateway: { closeGraceMs: 50 },
    before: async (app) => {
      const all = { by: [], capacity: 1, refillPerSecond: 0.001 } as const;
      await app.register(grpcPolicies, { limits: { all } });
    },
  });
  assert.equal((await fetch(`http://127.0.0.1:${port}/v1/buy/tea`)).status, 200);
  return port;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

type Method = "GET" | "HEAD" | "OPTIONS";
type Request = (port: number, method: Method, path: string, accept?: string) => Promise<Answer>;

const byHttp1: Request = async (port, method, path, accept = "*/*") => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { accept } });
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, headers, text: await response.text() };
};

const byHttp2: Request = async (port, method, path, accept = "*/*") => {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({ ":method": method, ":path": path, accept });
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    // An answer without a body has both at once.
    const ended = once(stream, "end");
    const [headers] = (await once(stream, "response")) as [Record<string, string>];
    await ended;
    return { status: Number(headers[":status"]), headers, text };
  } finally {
    session.destroy();
  }
};

for (const [protocol, request] of [
  ["HTTP/1.1", byHttp1],
  ["HTTP/2", byHttp2],
] as const) {
  test(`a HEAD is refused as its GET is, without the body (${protocol})`, async (t) => {
    const port = await soldOut(t);
    for (const path of ["/v1/buy/tea", "/v1/watch/tea"]) {
      const got = await request(port, "GET", path);
      const { status, headers, text } = await request(port, "HEAD", path);
      assert.deepEqual([got.status, status, text], [429, 429, ""]);
      assert.equal(headers["content-type"], got.headers["content-type"]);
      assert.equal(headers["ratelimit-policy"], '"all";q=1;w=1000');
      assert.match(headers["retry-after"] ?? "", /^(999|1000)$/);
    }
  });

  test(`an OPTIONS is no call: it is neither limited nor takes of a limit (${protocol})`, async (t) => {
    const port = await soldOut(t);
    const { status, headers } = await request(port, "OPTIONS", "/v1/buy/tea");
    assert.notEqual(status, 429);
    assert.equal(headers["retry-after"], undefined);
    assert.equal(headers["ratelimit-policy"], undefined);
  });

  test(`a stream of events is refused by a status and JSON, before it begins (${protocol})`, async (t) => {
    let begun = 0;
    const port = await soldOut(t, {
      watch() {
        begun += 1;
      },
    });
    const answer = await request(port, "GET", "/v1/watch/tea", "text/event-stream");
    assert.equal(answer.status, 429);
    assert.match(answer.headers["content-type"] ?? "", /^application\/json/);
    assert.equal(JSON.parse(answer.text).code, 8);
    assert.match(answer.headers["retry-after"] ?? "", /^(999|1000)$/);
    assert.equal(begun, 0);
  });
}

const upload = { "content-type": "application/x-ndjson" } as const;

/** Counts the uploads that reach the service. */
function countedFill() {
  const counter = { begun: 0 };
  const fill: Fill = (call) => {
    counter.begun += 1;
    call.resume();
  };
  return { counter, fill };
}

test("an upload is refused before its body is read, and its end not waited for (HTTP/1.1)", async (t) => {
  const { counter, fill } = countedFill();
  const port = await soldOut(t, { fill });
  const request = http.request({ host: "127.0.0.1", port, path: "/v1/fill", method: "POST" });
  t.after(() => request.destroy());
  request.on("error", () => {});
  request.setHeader("content-type", upload["content-type"]);
  request.write('{"what":"tea"}\n');
  const [response] = (await once(request, "response")) as [IncomingMessage];
  assert.equal(response.statusCode, 429);
  assert.equal(counter.begun, 0);
});

test("an upload is refused before its body is read, and its end not waited for (HTTP/2)", async (t) => {
  const { counter, fill } = countedFill();
  const port = await soldOut(t, { fill });
  const session = http2.connect(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  const stream = session.request({ ":method": "POST", ":path": "/v1/fill", ...upload });
  stream.on("error", () => {});
  stream.write('{"what":"tea"}\n');
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  assert.equal(headers[":status"], 429);
  assert.equal(counter.begun, 0);
});

test("a stream of native requests is refused before it is read, and its end not waited for", async (t) => {
  const { counter, fill } = countedFill();
  const port = await soldOut(t, { fill });
  const session = http2.connect(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": "/shop.v1.Shop/Fill",
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.on("error", () => {});
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  assert.equal(headers["grpc-status"], "8");
  assert.equal(counter.begun, 0);
});
