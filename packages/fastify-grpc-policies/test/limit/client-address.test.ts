import assert from "node:assert/strict";
import { test } from "node:test";
import { clientNetwork } from "../../src/limit/client-address.ts";

const networks: readonly [address: string, network: string][] = [
  ["203.0.113.7", "203.0.113.7"],
  ["203.0.113.7:4711", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["[::ffff:203.0.113.7]:4711", "203.0.113.7"],
  ["::ffff:cb00:7107", "203.0.113.7"],
  ["0:0:0:0:0:FFFF:203.0.113.7", "203.0.113.7"],
  ["::ffff:0:203.0.113.7", "0:0:0:0::/64"],
  ["::fffe:203.0.113.7", "0:0:0:0::/64"],
  ["::ffff:cb00:7107%eth0", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["[2001:DB8:1:2::9]:4711", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:0db8:0001::", "2001:db8:1:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["64:ff9b::203.0.113.7", "64:ff9b:0:0::/64"],
  ["unknown", "unknown"],
  ["", ""],
];

for (const [address, network] of networks) {
  test(`the client at ${JSON.stringify(address)} is ${JSON.stringify(network)}`, () => {
    assert.equal(clientNetwork(address), network);
  });
}
