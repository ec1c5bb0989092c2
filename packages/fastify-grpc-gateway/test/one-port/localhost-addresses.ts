import dns from "node:dns";
import type { TestContext } from "node:test";

export const addresses: readonly string[] = ["127.0.0.1", "127.0.0.2"];

/** Lets `localhost` have two addresses, which few machines of CI give it. */
export function resolveLocalhostTwice(t: TestContext): void {
  const { lookup } = dns;
  t.mock.method(dns, "lookup", (host: string, ...rest: unknown[]) => {
    if (host !== "localhost") return Reflect.apply(lookup, dns, [host, ...rest]);
    const answer = rest.pop() as (error: null, found: unknown, family?: number) => void;
    const [options] = rest as [{ readonly all?: boolean }?];
    const all = addresses.map((address) => ({ address, family: 4 }));
    process.nextTick(() => (options?.all ? answer(null, all) : answer(null, addresses[0], 4)));
  });
}
