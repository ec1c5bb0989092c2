import assert from "node:assert/strict";
import { test } from "node:test";
import { createErrorTable } from "fastify-grpc-errors";
import { Code, StatusError } from "grpc-transcoding";

const table = createErrorTable({ body: "auto" });

const accepts: [accept: string | undefined, problem: boolean][] = [
  [undefined, false],
  ["*/*", false],
  ["application/json", false],
  ["application/problem+json", true],
  ["Application/Problem+JSON", true],
  ["application/json, application/problem+json", true],
  ["application/json;q=0.9, application/problem+json;q=0.8", false],
  ["application/json;q=0.8, application/problem+json;q=0.9", true],
  ["application/problem+json;q=0", false],
  ["application/problem+json;q=0.5, */*", false],
  ["application/problem+json;q=0.5, */*;q=0.1", true],
  ["application/problem+json;q=0.5, application/*;q=0.6", false],
  ["text/html, application/problem+json ; q=1.000", true],
  // RFC 9110, section 12.4.2: the digits behind the point may be absent, and are three at most.
  ["application/problem+json;q=1.", true],
  ["application/json;q=0., application/problem+json;q=0.001", true],
  ["application/problem+json;q=1.0000", false],
  ["application/problem+json;q=1.001", false],
  ["application/problem+json;q=2", false],
  ["application/problem+json;q=high", false],
  ["text/event-stream, application/problem+json", true],
  [",,;q=1,", false],
];
for (const [accept, problem] of accepts) {
  test(`Accept: ${accept} is answered with ${problem ? "problem details" : "a status"}`, () => {
    const failure = new StatusError(Code.NOT_FOUND, "m");
    const { headers, body } = table.toHttp(failure, accept === undefined ? {} : { accept });
    const type = problem ? "application/problem+json" : "application/json";
    assert.equal(headers["content-type"], type);
    assert.equal(headers.vary, "accept");
    assert.equal("title" in JSON.parse(body), problem);
  });
}
