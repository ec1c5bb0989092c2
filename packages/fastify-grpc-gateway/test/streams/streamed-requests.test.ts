import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsLog, streamsApp, upstreams } from "./streams-service.ts";

const bodies: Readonly<Record<string, string>> = {
  "a value a line": '{"number":1}\n{"number":2}\r\n{"number":3}\n',
  "values one behind the other": '{"number":1}{"number":2} {"number":3}',
  "an array": '[{"number":1}, {"number":2},\n{"number":3}]',
};

for (const [kind, makeUpstream] of Object.entries(upstreams)) {
  for (const [form, payload] of Object.entries(bodies)) {
    test(`${kind}: sends ${form} as messages, each with the path's and query's fields`, async (t) => {
      const app = await streamsApp(t, await makeUpstream(t, new StreamsLog()));
      const response = await app.inject({
        method: "POST",
        url: "/v1/groups/red:sum",
        payload,
        headers: { "content-type": "application/json" },
      });
      assert.equal(response.statusCode, 200, response.body);
      const { count, sum, groups } = response.json();
      assert.deepEqual([count, sum, groups], [3, "6", ["red", "red", "red"]]);
    });
  }

  test(`${kind}: sends all messages of a body that comes in one piece with its end`, async (t) => {
    const app = await streamsApp(t, await makeUpstream(t, new StreamsLog()));
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    const response = await fetch(`${origin}/v1/groups/red:sum`, {
      method: "POST",
      body: bodies["a value a line"] as string,
      headers: { "content-type": "application/x-ndjson" },
    });
    const { count, sum } = (await response.json()) as { count: number; sum: string };
    assert.deepEqual([count, sum], [3, "6"]);
  });

  test(`${kind}: a malformed message is told by its number, and nothing is completed`, async (t) => {
    const log = new StreamsLog();
    const app = await streamsApp(t, await makeUpstream(t, log));
    const response = await app.inject({
      method: "POST",
      url: "/v1/groups/red:sum",
      payload: '{"number":1}\n{"number":"x"}\n{"number":3}',
      headers: { "content-type": "application/x-ndjson" },
    });
    assert.equal(response.statusCode, 400);
    const { message, details } = response.json();
    assert.match(message, /^message 2: number: /);
    assert.equal(details[0].fieldViolations[0].field, "number");
    // The call may have been cancelled before it reached the service.
    if (log.events.includes("part 1")) await log.seen("cancelled");
    assert.ok(!log.events.includes("end"));
  });

  test(`${kind}: answers each message of a bidi stream`, async (t) => {
    const app = await streamsApp(t, await makeUpstream(t, new StreamsLog()));
    const response = await app.inject({
      method: "POST",
      url: "/v1/groups/red:chat",
      payload: bodies["an array"] as string,
      headers: { "content-type": "application/json" },
    });
    const numbers = response.body
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).number);
    assert.deepEqual(numbers, [1, 2, 3]);
  });
}
