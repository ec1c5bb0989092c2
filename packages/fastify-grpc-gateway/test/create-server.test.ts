import assert from "node:assert/strict";
import { test } from "node:test";
import { createServer } from "fastify-grpc-gateway";
import { shopProto } from "./shop.ts";

test("names the services that there are when one is not", async () => {
  await assert.rejects(createServer({ proto: shopProto, services: { "shop.v1.Shp": {} } }), {
    code: "FST_GRPC_OPTION",
    message: /"shop\.v1\.Shp".*shop\.v1\.Shop/,
  });
});

test("names a file that is not there", async () => {
  await assert.rejects(createServer({ proto: "nowhere.proto", services: {} }), {
    code: "FST_GRPC_OPTION",
    message: /nowhere\.proto/,
  });
});
