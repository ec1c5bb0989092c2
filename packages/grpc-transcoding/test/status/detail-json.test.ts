import assert from "node:assert/strict";
import { test } from "node:test";
import { createFileRegistry } from "@bufbuild/protobuf";
import {
  bundledProto,
  createJsonCodec,
  type RpcDetails,
  rpcDetail,
  type StatusDetail,
} from "grpc-transcoding";
import { detailToJson } from "grpc-transcoding/internal";
import { compile } from "proto-to-descriptor";

const registry = createFileRegistry(
  compile({ files: ["google/rpc/error_details.proto"], includeDirs: [], readFile: bundledProto }),
);
const codec = createJsonCodec(registry, {
  naming: "json",
  emit: "set",
  enums: "name",
  unknownFields: "reject",
});

/** A detail by the codec alone. */
function byCodec({ typeUrl, value }: StatusDetail): object {
  const message = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf("/") + 1));
  assert.ok(message);
  try {
    return { "@type": typeUrl, ...JSON.parse(codec.toJson(message)(value).toString()) };
  } catch {
    return { "@type": typeUrl, value: Buffer.from(value).toString("base64") };
  }
}

const values: RpcDetails = {
  ErrorInfo: {
    reason: "R",
    domain: "d.test",
    metadata: { ключ: "", "": "値", k: "v".repeat(200) },
  },
  BadRequest: {
    fieldViolations: [
      { field: "a.b", description: "", reason: "EMPTY_B" },
      { field: "", description: "x", localizedMessage: { locale: "de", message: "größer 🌍" } },
    ],
  },
  RetryInfo: { retryDelay: "1.500s" },
  QuotaFailure: { violations: [{ subject: "s", description: "d", quotaValue: "9" }] },
  PreconditionFailure: { violations: [{ type: "T", subject: "s", description: "d" }] },
  LocalizedMessage: { locale: "de-CH", message: "weg" },
  Help: { links: [{ description: "d", url: "https://x.test" }] },
  RequestInfo: { requestId: "r", servingData: "s" },
  ResourceInfo: { resourceType: "t", resourceName: "n", owner: "", description: "d" },
  DebugInfo: { stackEntries: ["a", "", "b"], detail: "d" },
};
const details = Object.entries(values).map(([type, value]) =>
  rpcDetail(type as keyof RpcDetails, value as never),
);

for (const detail of details) {
  test(`${detail.typeUrl} reads as the codec prints it`, () => {
    assert.deepEqual(detailToJson(detail, {}), byCodec(detail));
  });
}

const unusual: [name: string, type: keyof RpcDetails, hex: string][] = [
  ["a text that is set twice", "LocalizedMessage", "0a01610a0162"],
  ["a text that is set, then empty", "LocalizedMessage", "0a01610a00"],
  ["a message that comes in two parts", "BadRequest", "0a0a22030a0161220312016278"],
  ["two parts of one message", "BadRequest", "0a0a22030a01612203120162"],
  ["a map entry without its value", "ErrorInfo", "1a030a016b"],
  ["a map entry with its value first", "ErrorInfo", "1a061201760a016b"],
  ["an entry of nothing", "ErrorInfo", "1a00"],
  ["the key __proto__", "ErrorInfo", "1a0e0a095f5f70726f746f5f5f120176"],
  ["a field that is not known", "ErrorInfo", "0a0152fa0101782801"],
  ["a field of another wire type", "ErrorInfo", "0801"],
  ["a text that is not UTF-8", "ErrorInfo", "0a02c328"],
  ["a U+FFFD", "ErrorInfo", "0a03efbfbd"],
  ["fields out of order", "ErrorInfo", "1201640a0152"],
  ["an overlong length", "ErrorInfo", "0a81808000520a0152"],
  ["no bytes", "ErrorInfo", ""],
];
for (const [name, type, hex] of unusual) {
  test(`${name} reads as the codec prints it`, () => {
    const detail = { typeUrl: `x/google.rpc.${type}`, value: Buffer.from(hex, "hex") };
    assert.deepEqual(detailToJson(detail, {}), byCodec(detail));
  });
}

test("bytes that are cut or changed read as the codec prints them", () => {
  for (const { typeUrl, value } of details) {
    for (let at = 0; at < value.length; at += 1) {
      const cut = { typeUrl, value: value.subarray(0, at) };
      assert.deepEqual(detailToJson(cut, {}), byCodec(cut));
      for (const byte of [0, 1, 0x0a, 0x12, 0x1a, 0x7f, 0x80, 0xff]) {
        const changed = { typeUrl, value: value.with(at, byte) };
        assert.deepEqual(detailToJson(changed, {}), byCodec(changed));
      }
    }
  }
});

test("a type that google.rpc only imports is none of it", () => {
  const detail = { typeUrl: "x/google.protobuf.Duration", value: Uint8Array.of(8, 1) };
  assert.deepEqual(detailToJson(detail, {}), { "@type": detail.typeUrl, value: "CAE=" });
});
