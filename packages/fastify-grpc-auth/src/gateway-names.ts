import type { GatewayEntry, GatewayRegistry } from "grpc-transcoding";
import { FST_GRPC_AUTH_GATEWAY, FST_GRPC_AUTH_METHOD } from "./errors.ts";
import { fullNameOf } from "./method/method-audiences.ts";
import { type MethodSelector, missedSelector } from "./method/method-selector.ts";
import { quote } from "./option/option-value.ts";

/** Throws FST_GRPC_AUTH_GATEWAY for a name of the option `gateways` that no gateway has. */
export function requireGateways({ gateways }: GatewayRegistry, names: readonly string[]): void {
  for (const name of names) {
    if (gateways.some((entry) => entry.name === name)) continue;
    throw new FST_GRPC_AUTH_GATEWAY(
      "gateways",
      quote(name),
      `no gateway of the app has this name; there are ${gateways.map((entry) => quote(entry.name)).join(", ")}`,
    );
  }
}

/** Throws FST_GRPC_AUTH_METHOD for a selector that means nothing in these gateways. */
export function requireSelectors(
  gateways: readonly GatewayEntry[],
  selectors: readonly { readonly selector: MethodSelector; readonly path: string }[],
): void {
  // Other methods may be those of a tenant's own API.
  if (gateways.some(({ hasTenants }) => hasTenants)) return;
  const names = gateways.flatMap(namesOf);
  for (const { selector, path } of selectors) {
    const missed = missedSelector(selector, names);
    if (missed === undefined) continue;
    throw new FST_GRPC_AUTH_METHOD(path, quote(selector.text), `no gateway has it; ${missed}`);
  }
}

/** All that rules can be for: methods by full name, and the templates of `handlePath`. */
function namesOf({ schema, prefix, table }: GatewayEntry): readonly string[] {
  const methods = schema.services.flatMap((service) => service.methods.map(fullNameOf));
  const paths = table.routes.map(({ template }) => prefix + template.text);
  return [...methods, ...paths];
}
