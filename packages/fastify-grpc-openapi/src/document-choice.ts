import type { GatewayEntry, GatewayRegistry } from "grpc-transcoding";
import { FST_GRPC_OPENAPI_GATEWAY } from "./errors.ts";

/** Which document: of a gateway by its name, of a tenant, or of all gateways where nothing is said. */
export type DocumentChoice =
  | string
  | {
      readonly tenant: string;
      /** The name of its gateway. @default any gateway that has such a tenant */
      readonly gateway?: string;
    };

/** The gateway or tenant of a choice. Throws FST_GRPC_OPENAPI_GATEWAY for one that is not there. */
export function findEntry(
  { gateways, tenants }: GatewayRegistry,
  which: DocumentChoice,
): GatewayEntry {
  if (typeof which === "string") {
    const entry = gateways.find(({ name }) => name === which);
    if (entry !== undefined) return entry;
    throw notThere(`no gateway named ${JSON.stringify(which)}`, gateways, ({ name }) => name);
  }
  const { tenant, gateway } = which;
  const ofGateway = tenants.filter(({ name }) => gateway === undefined || name === gateway);
  const entry = ofGateway.find((one) => one.tenant === tenant);
  if (entry !== undefined) return entry;
  const of = gateway === undefined ? "" : ` of the gateway ${JSON.stringify(gateway)}`;
  const what = `no tenant named ${JSON.stringify(tenant)}${of}`;
  throw notThere(what, ofGateway, (one) => one.tenant);
}

function notThere(
  what: string,
  present: readonly GatewayEntry[],
  nameOf: (entry: GatewayEntry) => string | undefined,
): Error {
  const names = present.slice(0, 20).map((entry) => JSON.stringify(nameOf(entry)));
  const more = present.length > names.length ? ", …" : "";
  return new FST_GRPC_OPENAPI_GATEWAY(`${what}; there are: ${names.join(", ") || "none"}${more}`);
}
