import assert from "node:assert/strict";
import { test } from "node:test";
import { selectTenant, TenantIndex } from "../../src/selection/tenant-index.ts";

const index = new TenantIndex([
  { id: "pay", prefix: "/pay", hosts: ["pay.example", "pay.example:8443"] },
  { id: "eu", prefix: "/shops/eu", hosts: ["[::1]"] },
  { id: "us", prefix: "/shops/us", hosts: ["pay.example:9000"] },
]);

test("a prefix is whole segments of the path, in front of what follows", () => {
  for (const path of ["/pay", "/pay/", "/pay/v1", "/pay?a=/x", "/pay#a", "/pay/../risk"]) {
    assert.equal(index.ofPath(path)?.tenant, "pay", path);
  }
  for (const path of [
    "",
    "/",
    "pay",
    "/pays",
    "/a/pay",
    "/shops",
    "/shops/",
    "/shops/fr/us",
    "//pay",
    "http://h/pay",
    "/pay%2F",
    "*",
  ]) {
    assert.equal(index.ofPath(path), undefined, path);
  }
  assert.deepEqual(index.ofPath("/shops/us/v1"), { tenant: "us", prefix: "/shops/us" });
});

test("a host with a port goes before the host alone", () => {
  assert.equal(index.ofHost("pay.example:9000"), "us");
  assert.equal(index.ofHost("pay.example:8443"), "pay");
  assert.equal(index.ofHost("PAY.example:1"), "pay");
  assert.equal(index.ofHost("[::1]:80"), "eu");
  assert.equal(index.ofHost("other.example"), undefined);
  assert.equal(index.ofHost(undefined), undefined);
});

test("the base of the gateway is taken off where it is", () => {
  const select = (url: string) =>
    selectTenant(index, { url, headers: {}, host: undefined }, false, "/api");
  assert.equal((select("/api/pay/v1") as { tenant: string }).tenant, "pay");
  assert.equal(select("/apis/pay"), undefined);
  assert.equal((select("/pay/shop.v1.Shop/Who") as { tenant: string }).tenant, "pay");
});

test("a header that comes as a list names nobody", () => {
  const headers = { "x-tenant-id": ["pay", "pay"] };
  assert.equal(
    selectTenant(index, { url: "/", headers, host: undefined }, "x-tenant-id", ""),
    false,
  );
});

test("a header, a prefix and a host that name different tenants name nobody", () => {
  const select = (id: string | undefined, url: string, host: string) => {
    const headers = id === undefined ? {} : { "x-tenant-id": id };
    return selectTenant(index, { url, headers, host }, "x-tenant-id", "");
  };
  assert.equal(select("eu", "/pay/v1", "nobody.example"), false);
  assert.equal(select("eu", "/v1", "pay.example"), false);
  assert.equal(select(undefined, "/pay/v1", "[::1]"), false);
  assert.equal(select("nobody", "/v1", "nobody.example"), false);
  assert.equal(select("eu", "/v1", "[::1]"), "eu");
  assert.equal(select(undefined, "/v1", "nobody.example"), undefined);
});
