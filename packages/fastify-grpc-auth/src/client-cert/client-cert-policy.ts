import type { FastifyRequest } from "fastify";
import {
  Code,
  type ErrorResponse,
  errorInfoDetail,
  type MethodSchema,
  type Policy,
  type PolicyCall,
  type SecurityDemand,
  StatusError,
} from "grpc-transcoding";
import { gatewayDomain } from "grpc-transcoding/internal";
import { replaceClaimHeaders } from "../claims/path-headers.ts";
import { fullNameOf } from "../method/method-audiences.ts";
import { selects } from "../method/method-selector.ts";
import { certMetadata, isCertKey, isForwardedKey } from "./cert-metadata.ts";
import type { ResolvedClientCertOptions } from "./client-cert-options.ts";
import { setClientIdentity } from "./client-identity.ts";
import { clientOf, clientOfRequest, identityOfConnection } from "./connection-cert.ts";

const reason = "CLIENT_CERT_REQUIRED";
const message = "the call needs a client certificate";

const response: ErrorResponse = {
  statusCode: 403,
  code: "PERMISSION_DENIED",
  message,
  reason,
  domain: gatewayDomain,
  details: [],
  detailTypes: ["google.rpc.ErrorInfo"],
  headers: [],
};

/** Tells calls who their client is by its certificate, and refuses those that need one and have none. */
export function clientCertPolicy({
  required,
  metadata,
  isTrusted,
}: ResolvedClientCertOptions): Policy {
  const isRequired = (name: string): boolean =>
    typeof required === "boolean" ? required : required.some((one) => selects(one, name));
  const strip = metadata ? isCertKey : isForwardedKey;
  const policy: Policy = (call) => {
    const { authContext, headers, peer, context } = call;
    const connection = identityOfConnection(authContext);
    const client = clientOf(connection, { headers, address: addressOf(peer) }, isTrusted);
    if (client === undefined && isRequired(nameOf(call))) return { refuse: certRequired() };
    if (client !== undefined) setClientIdentity(context, client);
    const changes = metadata ? certMetadata(client) : {};
    if (call.method === undefined) {
      const { raw } = call.request as FastifyRequest;
      clientOfRequest(raw, () => client);
      replaceClaimHeaders(call, strip, changes);
    }
    // A token says more, whichever of the two is asked first.
    const isIdentity = client !== undefined && call.identity === undefined;
    return { metadata: changes, strip, ...(isIdentity && { identity: client }) };
  };
  return Object.assign(policy, {
    responsesOf: (method: MethodSchema) => (isRequired(fullNameOf(method)) ? [response] : []),
    security: (method: MethodSchema): readonly SecurityDemand[] =>
      isRequired(fullNameOf(method)) ? [{ name: "clientCert", scheme: { type: "mutualTLS" } }] : [],
  });
}

function certRequired(): StatusError {
  return new StatusError(Code.PERMISSION_DENIED, message, {
    origin: "gateway",
    details: [errorInfoDetail({ reason, domain: gatewayDomain })],
    http: { statusCode: 403 },
  });
}

function nameOf({ method, request }: PolicyCall): string {
  if (method !== undefined) return `${method.service}.${method.name}`;
  const { rpc } = (request ?? {}) as { readonly rpc?: { readonly template?: string } | null };
  return rpc?.template ?? "";
}

/** The address of `address:port`, without the brackets of IPv6. */
function addressOf(peer: string): string | undefined {
  return /^\[?(.+?)\]?:\d+$/.exec(peer)?.[1];
}
