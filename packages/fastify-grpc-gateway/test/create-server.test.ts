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

test("names the methods that there are when a handler is none of them", async () => {
  const services = { "shop.v1.Clock": { GetTim: () => {} } };
  await assert.rejects(createServer({ proto: shopProto, services }), {
    code: "FST_GRPC_OPTION",
    message: /"GetTim".*GetTime/,
  });
  await assert.rejects(createServer({ proto: shopProto } as never), {
    code: "FST_GRPC_OPTION",
    message: /"services" of createServer/,
  });
});
