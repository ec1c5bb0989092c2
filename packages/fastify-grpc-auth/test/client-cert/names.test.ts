import assert from "node:assert/strict";
import { test } from "node:test";
import { spiffeIdOf } from "../../src/client-cert/client-identity.ts";
import { commonNameOf, readableSubject } from "../../src/client-cert/distinguished-name.ts";
import { forwardedIdentity } from "../../src/client-cert/forwarded-cert.ts";
import { parseAltNames } from "../../src/client-cert/subject-alt-names.ts";
import { readTrustedProxies } from "../../src/client-cert/trusted-proxy.ts";

test("alternative names are told apart, also where one looks like several", () => {
  const names = parseAltNames(
    'DNS:a.example, DNS:"b\\u002c DNS:evil.example", URI:spiffe://a/b, IP Address:1.2.3.4, email:a@b',
  );
  assert.deepEqual(names.get("DNS"), ["a.example", "b, DNS:evil.example"]);
  assert.deepEqual(names.get("URI"), ["spiffe://a/b"]);
  assert.deepEqual(names.get("IP Address"), ["1.2.3.4"]);
  assert.equal(parseAltNames("").size, 0);
  assert.equal(parseAltNames("no names").size, 0);
});

test("a subject is read from its end, and its CN is one or none", () => {
  assert.equal(readableSubject("C=DE\nO=Acme\\, Inc.\nCN=alice"), "CN=alice,O=Acme\\, Inc.,C=DE");
  assert.equal(readableSubject("CN=a + OU=b"), "CN=a+OU=b");
  assert.equal(commonNameOf("CN=alice\\, CN\\=root,O=x"), "alice, CN=root");
  assert.equal(commonNameOf("O=a\\,CN=root"), undefined);
  assert.equal(commonNameOf("CN=a,CN=b"), undefined);
  assert.equal(commonNameOf("OU=b+CN=a"), "a");
});

test("a SPIFFE id is the only URI, and is well formed", () => {
  assert.equal(spiffeIdOf(["spiffe://acme/ns/a"]), "spiffe://acme/ns/a");
  assert.equal(spiffeIdOf(["spiffe://acme"]), "spiffe://acme");
  for (const uris of [
    [],
    ["spiffe://a/b", "spiffe://a/c"],
    ["https://a/b"],
    ["spiffe://A/b"],
    ["spiffe://a/b/"],
    ["spiffe://a//b"],
    ["spiffe://a/../b"],
    ["spiffe://a/b?c"],
    ["spiffe://a:1/b"],
  ]) {
    assert.equal(spiffeIdOf(uris), undefined, uris.join());
  }
});

test("of a chain of proxies the last one's word counts, whatever clients wrote before it", () => {
  const identity = forwardedIdentity(
    'URI=spiffe://a/root;Subject="CN=root,O=\\"x, y\\"",Hash=AB;DNS=b',
  );
  assert.deepEqual(identity, {
    source: "forwarded",
    subject: "",
    commonName: undefined,
    dnsNames: ["b"],
    uris: [],
    emails: [],
    ipAddresses: [],
    spiffeId: undefined,
    fingerprint: "ab",
  });
  assert.equal(forwardedIdentity('By=x;Subject="CN=a\\,b,O=c"')?.commonName, "a,b");
  for (const bad of [
    "",
    "By=x",
    "nonsense",
    'Subject="CN=a',
    "Hash=a;;",
    'Hash=a"b',
    "Cert=%zz",
    "Cert=nonsense",
  ]) {
    assert.equal(forwardedIdentity(bad), undefined, bad);
  }
});

test("a proxy is named by its address or its certificate, of both families", () => {
  const isTrusted = readTrustedProxies({ addresses: ["10.0.0.0/8", "fd00::/8", "::1"] }, "x");
  for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "::1"]) {
    assert.equal(isTrusted(address, undefined), true, address);
  }
  for (const address of ["11.0.0.1", "::ffff:11.0.0.1", "fe80::1", "unknown", undefined]) {
    assert.equal(isTrusted(address, undefined), false, address);
  }
  for (const bad of [
    {},
    { addresses: [] },
    { addresses: ["10.0.0.0/33"] },
    { addresses: ["proxy"] },
    { address: [] },
  ]) {
    assert.throws(() => readTrustedProxies(bad, "forwardedCert"), /forwardedCert/);
  }
});
