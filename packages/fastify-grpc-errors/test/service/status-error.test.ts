import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata, type ServiceError, type sendUnaryData } from "@grpc/grpc-js";
import { Code, errorInfoDetail, StatusError } from "fastify-grpc-errors";
import { encodeStatusDetails, type MetadataEntries, statusDetailsKey } from "grpc-transcoding";
import { call, clientOf } from "../grpc-service.ts";

const details = [errorInfoDetail({ reason: "SHELF_FULL", domain: "shelf.test" })];
const trailers: MetadataEntries = [
  ["X-Shelf", "1"],
  ["x-shelf", "2"],
  ["x-key-bin", new Uint8Array([1, 2, 255])],
];
const newError = () => new StatusError(Code.ABORTED, "full", { details, trailers });

/** What grpc-js itself would hold. */
function expected(): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of trailers) {
    metadata.add(key, typeof value === "string" ? value : Buffer.from(value));
  }
  const status = { code: Code.ABORTED, message: "full", details };
  metadata.set(statusDetailsKey, encodeStatusDetails(status));
  return metadata;
}

test("a StatusError is typed as an error of a grpc-js handler, and its metadata as grpc-js' own", () => {
  const respond = ((error) => error) as sendUnaryData<unknown>;
  respond(newError());
  const metadata: Metadata = newError().metadata;
  assert.ok(metadata);
});

test("the metadata of a StatusError has all methods of grpc-js' class, which answer the same", () => {
  const { metadata } = newError();
  const missing = Object.getOwnPropertyNames(Metadata.prototype).filter(
    (name) => typeof metadata[name] !== "function",
  );
  assert.deepEqual(missing, []);
  const changes: readonly ((metadata: Metadata) => void)[] = [
    () => {},
    (one) => one.set("X-Shelf", "3"),
    (one) => one.add("X-Shelf", "4"),
    (one) => one.remove("X-KEY-bin"),
    (one) => one.merge(expected()),
    (one) => one.setOptions({ corked: true }),
    (one) => one.setOpaque("a", 1),
  ];
  const real = expected();
  for (const change of changes) {
    change(metadata);
    change(real);
    for (const [ours, theirs] of [
      [metadata, real],
      [metadata.clone(), real.clone()],
    ]) {
      assert.deepEqual(ours.toHttp2Headers(), theirs.toHttp2Headers());
      assert.deepEqual(ours.toJSON(), theirs.toJSON());
      assert.deepEqual(ours.getMap(), theirs.getMap());
      assert.deepEqual(ours.get("X-Shelf"), theirs.get("X-Shelf"));
      assert.deepEqual(ours.get("none"), theirs.get("none"));
      assert.deepEqual(ours.getOptions(), theirs.getOptions());
    }
  }
  assert.equal(metadata.getOpaque("a"), real.getOpaque("a"));
  const merged = new Metadata();
  merged.merge(newError().metadata);
  assert.deepEqual(merged.toJSON(), expected().toJSON());
});

test("a clone of a StatusError's metadata changes on its own", () => {
  const { metadata } = newError();
  const before = metadata.toJSON();
  const copy = metadata.clone();
  copy.add("x-shelf", "3");
  copy.remove("x-key-bin");
  assert.deepEqual(metadata.toJSON(), before);
});

test("trailers that no connection may carry are left out, and the call ends with its status", async (t) => {
  const hostile: MetadataEntries = [
    ["grpc-status", "0"],
    ["connection", "close"],
    ["content-type", "text/html"],
    [":path", "/"],
    ["a key", "x"],
    ["x-text", "line\nbreak"],
    ["x-text", new Uint8Array([1])],
    ["x-bin", "text"],
    ["x-good", "yes"],
  ];
  const client = await clientOf(t, {
    throws(_call: unknown, callback: (error: Error) => void) {
      callback(new StatusError(Code.ABORTED, "no \ud800", { trailers: hostile }));
    },
  });
  const { code, details: text, metadata } = (await call(client, "throws")) as ServiceError;
  assert.deepEqual([code, text], [Code.ABORTED, "no \ufffd"]);
  assert.deepEqual(metadata.get("x-good"), ["yes"]);
  assert.deepEqual([metadata.get("x-text"), metadata.get("x-bin")], [[], []]);
});
