import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTarget } from "../../src/target/parse-target.ts";
import { proxyOf } from "../../src/target/proxy.ts";

const targets: Readonly<Record<string, readonly [addresses: unknown, authority: string]>> = {
  "library:50051": [undefined, "library:50051"],
  library: [undefined, "library"],
  "dns:library:50051": [undefined, "library:50051"],
  "dns:///library:50051": [undefined, "library:50051"],
  "127.0.0.1:80": [[{ host: "127.0.0.1", port: 80 }], "127.0.0.1:80"],
  "[::1]:80": [[{ host: "::1", port: 80 }], "[::1]:80"],
  "::1": [[{ host: "::1", port: 443 }], "::1"],
  "unix:/run/a.sock": [[{ path: "/run/a.sock" }], "localhost"],
  "unix:///run/a.sock": [[{ path: "/run/a.sock" }], "localhost"],
  "unix:a.sock": [[{ path: "a.sock" }], "localhost"],
  "ipv4:10.0.0.1:1,10.0.0.2:2": [
    [
      { host: "10.0.0.1", port: 1 },
      { host: "10.0.0.2", port: 2 },
    ],
    "10.0.0.1:1",
  ],
  "ipv6:[::1]:1": [[{ host: "::1", port: 1 }], "[::1]:1"],
};

for (const [text, [addresses, authority]] of Object.entries(targets)) {
  test(`the target ${text} is understood`, () => {
    const target = parseTarget(text);
    assert.deepEqual(target.addresses, addresses);
    assert.equal(target.authority, authority);
  });
}

for (const text of [
  "",
  "http://library",
  "library:port",
  "library:0",
  "library:65536",
  "unix:",
  "ipv4:library:1",
  "ipv6:127.0.0.1:1",
  "dns://8.8.8.8/library:1",
  "xds:///library",
  "two words:1",
  "library:1\r\n",
]) {
  test(`the target ${JSON.stringify(text)} is refused with what to write`, () => {
    assert.throws(() => parseTarget(text), /^Error: the target ".*" cannot be used: /s);
  });
}

const proxied = (target: string, env: Record<string, string>) =>
  proxyOf(parseTarget(target), env)?.host;

test("the first variable that is set names the proxy", () => {
  const env = { grpc_proxy: "http://a:1", https_proxy: "http://b:1", http_proxy: "http://c:1" };
  assert.equal(proxied("library:1", env), "a");
  assert.equal(proxied("library:1", { ...env, grpc_proxy: "" }), "b");
  assert.equal(proxied("library:1", { http_proxy: "http://c" }), "c");
  assert.equal(proxied("library:1", {}), undefined);
  assert.equal(proxied("unix:/a", env), undefined);
});

test("no_proxy excepts names, domains, addresses and ranges", () => {
  const env = { grpc_proxy: "http://a:1", no_proxy: "one, .two.test,three.test,10.0.0.0/8,::1" };
  for (const host of ["one", "x.two.test", "x.three.test", "three.test", "10.1.2.3", "[::1]"]) {
    assert.equal(proxied(`${host}:1`, env), undefined, host);
  }
  for (const host of ["one.test", "notthree.test", "11.1.2.3"]) {
    assert.equal(proxied(`${host}:1`, env), "a", host);
  }
  assert.equal(proxied("library:1", { grpc_proxy: "http://a:1", no_proxy: "*" }), undefined);
});

test("a proxy that is no http:// URL is refused by its variable", () => {
  for (const value of ["socks5://a:1", "nonsense", "https://a"]) {
    assert.throws(() => proxied("library:1", { grpc_proxy: value }), /variable grpc_proxy must be/);
  }
});
