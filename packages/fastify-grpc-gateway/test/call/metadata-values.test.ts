import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { FeedLog, feedApp, feedServer, remoteFeed } from "../events/feed-service.ts";
import { FakeUpstream } from "../fake-upstream.ts";
import {
  connectHttp2,
  type HttpAnswer,
  requestHttp1,
  requestHttp2,
} from "../one-port/http-clients.ts";

type Headers = Record<string, string | string[]>;

const plain = { secure: false };

const protocols: Readonly<
  Record<
    string,
    (t: TestContext, port: number, path: string, headers: Headers) => Promise<HttpAnswer>
  >
> = {
  "HTTP/1.1": (_t, port, path, headers) => requestHttp1(plain, port, path, { headers }),
  "HTTP/2": (t, port, path, headers) =>
    requestHttp2(connectHttp2(t, plain, port), { ":path": path, ...headers }),
};

const upstreams = {
  "in-process": (_t: TestContext, log: FeedLog) => feedServer(log),
  remote: remoteFeed,
};

const unhurried = {
  methods: { "feed.v1.Feed.Get": 10_000 },
};

function metadataOf(values: Record<string, (string | Buffer)[]>): Metadata {
  const metadata = new Metadata();
  for (const [key, list] of Object.entries(values)) {
    for (const value of list) metadata.add(key, value);
  }
  return metadata;
}

const unary = "/v1/red/change";
const stream = "/v1/red/follow";

for (const [protocol, request] of Object.entries(protocols)) {
  test(`${protocol}: a transport's trailers that no header can be are none of the preset's, and the answer is whole`, async (t) => {
    const upstream = new FakeUpstream();
    const app = await feedApp(t, new FeedLog(), { upstream, preset: "grpc-gateway" });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const reached = upstream.next();
    const answer = request(t, port, unary, { te: "trailers" });
    const call = await reached;
    call.answer();
    call.end(undefined, [
      ["x-broken", "a\r\nb"],
      ["x-good", " g "],
    ]);
    const { statusCode, trailers } = await answer;
    assert.equal(statusCode, 200);
    assert.deepEqual(
      [trailers["grpc-trailer-x-broken"], trailers["grpc-trailer-x-good"]],
      [undefined, "g"],
    );
  });

  for (const [where, upstreamOf] of Object.entries(upstreams)) {
    const name = `${protocol}, ${where}`;

    /** What the service is to say, and a way to ask it. */
    async function service(t: TestContext, head: Metadata, tail: Metadata) {
      const log = new FeedLog();
      log.answer = (call, respond) => {
        call.sendMetadata(head);
        respond(null, {}, tail);
      };
      log.run = (call) => {
        call.sendMetadata(head);
        call.write({ label: "a" });
        call.end(tail);
      };
      const upstream = await upstreamOf(t, log);
      const app = await feedApp(t, log, {
        upstream,
        headers: { request: { allow: ["x-*"] } },
        deadline: unhurried,
      });
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as AddressInfo;
      const ask = (path: string, headers: Headers = {}): Promise<HttpAnswer> =>
        request(t, port, path, headers);
      return { log, ask };
    }

    test(`${name}: each of several fields is an entry, and bytes come in any form of base64`, async (t) => {
      const { log, ask } = await service(t, new Metadata(), new Metadata());
      const answer = await ask(unary, {
        "x-word": ["one", "two, three"],
        "x-padded-bin": "AQI=",
        "x-bare-bin": "AQI",
        "x-list-bin": "AQ==,Ag, AwQF",
        "x-twice-bin": ["AQ", "Ag=="],
        "x-none-bin": "",
      });
      assert.equal(answer.statusCode, 200, answer.body.toString());
      const [metadata] = log.metadata;
      assert.deepEqual(metadata?.get("x-word").join(", "), "one, two, three");
      const bytesOf = (key: string): number[][] =>
        (metadata?.get(key) ?? []).map((value) => [...(value as Buffer)]);
      assert.deepEqual(bytesOf("x-padded-bin"), [[1, 2]]);
      assert.deepEqual(bytesOf("x-bare-bin"), [[1, 2]]);
      assert.deepEqual(bytesOf("x-list-bin"), [[1], [2], [3, 4, 5]]);
      assert.deepEqual(bytesOf("x-twice-bin"), [[1], [2]]);
      assert.deepEqual(bytesOf("x-none-bin"), [[]]);
    });

    test(`${name}: bytes that are not base64 are a 400 that names the header`, async (t) => {
      const { log, ask } = await service(t, new Metadata(), new Metadata());
      for (const value of ["A", "A===", "AQ=", "A_-B", "AQ==AQ==", "AQ;", "\xff"]) {
        const answer = await ask(unary, { "x-key-bin": value });
        assert.equal(answer.statusCode, 400, value);
        assert.match(answer.body.toString(), /invalid binary header x-key-bin/);
      }
      assert.deepEqual(log.metadata, []);
    });

    test(`${name}: the service's values come back one by one, bytes as base64, trailing ones too`, async (t) => {
      const { ask } = await service(
        t,
        metadataOf({ "x-head": ["a", "b, c"], "x-head-bin": [Buffer.from([1, 255])] }),
        metadataOf({ "x-tail": ["d", "e"], "x-tail-bin": [Buffer.from([2]), Buffer.from([3])] }),
      );
      const one = (await ask(unary)).headers;
      assert.deepEqual(
        [one["x-head"], one["x-head-bin"], one["x-tail"], one["x-tail-bin"]],
        ["a, b, c", "Af8=", "d, e", "Ag==, Aw=="],
      );
      const streamed = await ask(stream, { te: "trailers" });
      const { headers, trailers } = streamed;
      assert.deepEqual([headers["x-head"], headers["x-head-bin"]], ["a, b, c", "Af8="]);
      assert.deepEqual(
        [trailers["grpc-status"], trailers["x-tail"], trailers["x-tail-bin"]],
        ["0", "d, e", "Ag==, Aw=="],
      );
      assert.equal((await ask(stream)).trailers["grpc-status"], undefined);
    });

    test(`${name}: values at the edges of what a header can be are there, without blanks around`, async (t) => {
      const values = { "x-blank": [" a b "], "x-empty": [""], "x-last-bin": [Buffer.alloc(0)] };
      const { ask } = await service(t, metadataOf(values), metadataOf({ "x-tail": ["t", ""] }));
      for (const path of [unary, stream]) {
        const answer = await ask(path, { te: "trailers" });
        const fields = { ...answer.headers, ...answer.trailers };
        assert.deepEqual(
          [fields["x-blank"], fields["x-empty"], fields["x-last-bin"]],
          ["a b", "", ""],
        );
        assert.match(String(fields["x-tail"]), /^t(,|, )?$/);
      }
    });

    test(`${name}: metadata that no client would take stays behind, and the answer is whole`, async (t) => {
      // What a service of this process says has no limit of its own.
      const size = where === "remote" ? 3_000 : 60_000;
      const { ask } = await service(
        t,
        metadataOf({ "x-small": ["s"] }),
        metadataOf({
          "x-first": ["f"],
          "x-large": Array(6).fill("l".repeat(size)),
          "x-late": ["t"],
        }),
      );
      for (const path of [unary, stream]) {
        const answer = await ask(path, { te: "trailers" });
        const fields = { ...answer.headers, ...answer.trailers };
        assert.deepEqual(
          [answer.statusCode, fields["x-small"], fields["x-first"]],
          [200, "s", "f"],
        );
        assert.equal(fields["x-large"], undefined);
      }
    });

    test(`${name}: no header of a client harms its call, or another on the same connection`, {
      timeout: 10_000,
    }, async (t) => {
      const log = new FeedLog();
      log.answer = (_call, respond) => respond(null, {});
      let honest: { write(change: object): void; end(): void } | undefined;
      log.run = (call) => {
        honest = call;
        call.write({ label: "first" });
      };
      const app = await feedApp(t, log, {
        upstream: await upstreamOf(t, log),
        headers: { request: { allow: ["*"] }, response: { allow: ["*"] } },
        deadline: unhurried,
      });
      await app.listen({ port: 0, host: "127.0.0.1" });
      const { port } = app.server.address() as AddressInfo;
      const running = request(t, port, stream, {});
      await log.reached(1);
      const hostile: Headers[] = [
        { "x-latin": "\xe9\xff" },
        { "x-tab": "a\tb" },
        { "x-empty": "" },
        { "x-many": Array(60).fill("v") },
        { "grpc-status": "0", "grpc-message": "x", "grpc-encoding": "br" },
        { "grpc-tags-bin": "%%%", "grpc-trace-bin": "%%%" },
        { "grpc-timeout": "99999999H" },
        { "user-agent": "evil", "content-encoding": "identity", "proxy-connection": "x" },
        { __proto__x: "1", constructor: "2", tostring: "3" },
        { "x!odd#name": "1" },
        { "x-bin": "a" },
        { "grpc-timeout": "-1S" },
        { te: "gzip;q=0.5, trailers;q=1" },
        { te: "trailers" },
      ].map((headers) => ({ ...headers }));
      for (const headers of hostile) {
        // HTTP/2 clients refuse to send some of them.
        const answer = await request(t, port, unary, headers).catch(() => undefined);
        const code = answer?.statusCode ?? 200;
        assert.ok(
          code === 200 || code === 400 || code === 431,
          `${code} ${JSON.stringify(headers)}`,
        );
      }
      assert.equal((await request(t, port, unary, {})).statusCode, 200);
      honest?.write({ label: "last" });
      honest?.end();
      const { body } = await running;
      assert.match(body.toString(), /first(.|\n)*last/);
    });
  }
}
