import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeaderRules, MetadataEntries } from "grpc-transcoding";
import { compileResponseHeaders, type ResponseHeaders } from "grpc-transcoding/internal";

type Preset = Parameters<typeof compileResponseHeaders>[0];

function headers(
  preset: Preset,
  metadata: MetadataEntries,
  rules?: HeaderRules,
  statusCode?: number,
): ResponseHeaders {
  return { ...compileResponseHeaders(preset, rules)(metadata, statusCode) };
}

const metadata: MetadataEntries = [
  ["x-total", "7"],
  ["etag", '"a"'],
  ["cache-control", "no-store"],
  ["last-modified", "Fri, 20 Nov 2026 10:00:00 GMT"],
  ["link", "</a>; rel=next"],
  ["vary", "Accept"],
  ["content-language", "de"],
  ["retry-after", "3"],
  ["deprecation", "@1"],
  ["shelf", "fiction"],
  ["set-cookie", "a=1"],
  ["access-control-allow-origin", "*"],
];

test("the standard preset passes its list and nothing else", () => {
  assert.deepEqual(
    Object.keys(headers("standard", metadata)),
    metadata.slice(0, 9).map(([key]) => key),
  );
});

test("the grpc-gateway preset prefixes all metadata", () => {
  assert.deepEqual(
    headers("grpc-gateway", [
      ["shelf", "fiction"],
      ["a-bin", Buffer.from([255])],
    ]),
    {
      "grpc-metadata-shelf": "fiction",
      "grpc-metadata-a-bin": "/w==",
    },
  );
});

test("location passes with 201 and 3xx only", () => {
  const location: MetadataEntries = [["location", "/books/7"]];
  for (const [statusCode, passes] of [
    [200, false],
    [201, true],
    [303, true],
    [404, false],
  ] as const) {
    assert.equal(
      "location" in headers("standard", location, {}, statusCode),
      passes,
      `${statusCode}`,
    );
  }
});

test("location passes with any status where a rule names it", () => {
  const rename = (key: string) => (key === "x-created" ? "location" : undefined);
  for (const [key, rules] of [
    ["location", { allow: ["location"] }],
    ["location", { allow: ["*"] }],
    ["x-created", { rename }],
  ] as const) {
    for (const preset of ["standard", "grpc-gateway"] as const) {
      assert.deepEqual(
        { ...headers(preset, [[key, "/books/7"]], rules, 200) },
        { location: "/books/7" },
      );
    }
  }
});

test("several values stay apart, but for fields of which there can be one", () => {
  assert.deepEqual(
    headers("standard", [
      ["x-a", "1"],
      ["etag", '"1"'],
      ["x-a", "2"],
      ["etag", '"2"'],
      ["x-a", "3"],
    ]),
    { "x-a": ["1", "2", "3"], etag: '"2"' },
  );
});

test("bytes become base64", () => {
  assert.deepEqual(headers("standard", [["x-a-bin", new Uint8Array([0, 1])]]), {
    "x-a-bin": "AAE=",
  });
});

test("no rule lets metadata set framing, connection or protocol headers", () => {
  for (const key of [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "grpc-message",
    "grpc-status-details-bin",
    "keep-alive",
    "trailer",
    "transfer-encoding",
    "upgrade",
    ":status",
  ]) {
    assert.deepEqual(headers("standard", [[key, "1"]], { allow: ["*"] }), {}, key);
    assert.deepEqual(headers("standard", [["x-a", "1"]], { rename: () => key }), {}, key);
    assert.deepEqual(headers("grpc-gateway", [[key, "1"]]), {}, key);
  }
});

test("text that would break out of its header line is dropped", () => {
  assert.deepEqual(
    headers("standard", [
      ["x-a", "1\r\nset-cookie: b=1"],
      ["x-b", "é"],
    ]),
    {},
  );
  assert.deepEqual(headers("standard", [["x-a b", "1"]]), {});
});

test("names of the object prototype are names like others", () => {
  const made = compileResponseHeaders("standard", { allow: ["__proto__", "constructor"] })([
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
  assert.deepEqual(Object.entries(made), [
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
});

test("a denied name does not come about by renaming", () => {
  const rules: HeaderRules = {
    deny: ["x-secret"],
    rename: (key) => (key === "a" ? "X-Secret" : key),
  };
  assert.deepEqual(
    headers(
      "standard",
      [
        ["a", "1"],
        ["x-b", "2"],
      ],
      rules,
    ),
    { "x-b": "2" },
  );
});

test("rules allow, deny and rename", () => {
  assert.deepEqual(
    headers(
      "standard",
      [
        ["session", "s"],
        ["x-secret", "p"],
        ["shelf", "fiction"],
      ],
      {
        allow: ["shelf"],
        deny: ["x-secret"],
        rename: (key) => (key === "session" ? "Set-Cookie" : undefined),
      },
    ),
    { "set-cookie": "s", shelf: "fiction" },
  );
});
