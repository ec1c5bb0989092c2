import type { FastifyGrpcGatewayOptions, TenantSelector, Transport } from "fastify-grpc-gateway";
import { Code } from "grpc-transcoding";
import type { TenantGatewayOptions } from "./options.ts";

// A google.protobuf.FileDescriptorSet of one file without anything in it.
const emptySet = Buffer.from("\x0a\x0c\x0a\x0anone.proto", "latin1");

/** Nobody's calls go here: without an API of its own the gateway has no routes, and each tenant must have an upstream. */
const nowhere: Transport = {
  start(_call, receiver) {
    const status = {
      code: Code.UNIMPLEMENTED,
      message: "the gateway has no upstream",
      details: [],
    };
    queueMicrotask(() => receiver.onStatus(status, [], "transport"));
    return { send: (_bytes, onAccepted) => onAccepted?.(), halfClose() {}, read() {}, cancel() {} };
  },
};

/** Whether the gateway has an API for tenants without one, and for requests that name no tenant. */
export function hasApi({
  proto,
  descriptorSet,
  reflection,
  schema,
}: TenantGatewayOptions): boolean {
  return [proto, descriptorSet, schema].some((one) => one !== undefined) || reflection === true;
}

/** What the gateway of tenants is registered with. */
export function servingOptions(
  given: TenantGatewayOptions,
  tenant: TenantSelector,
): FastifyGrpcGatewayOptions {
  const { upstream = nowhere } = given;
  return { ...given, ...(!hasApi(given) && { descriptorSet: emptySet }), upstream, tenant };
}
