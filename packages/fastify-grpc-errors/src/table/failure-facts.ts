import {
  Code,
  type ErrorContext,
  type ErrorDeclaration,
  type Failure,
  type MethodSchema,
} from "grpc-transcoding";
import { detailType, errorInfoOf, type VisibleStatus } from "grpc-transcoding/internal";
import type { FailureFacts } from "./rule.ts";

const noDetails: readonly string[] = [];

/** What rules may ask of a failure; `visible` has its details as JSON. */
export function factsOf(
  failure: Failure,
  visible: VisibleStatus,
  context: ErrorContext,
): FailureFacts {
  const { code, details } = visible;
  const info = errorInfoOf(details);
  return {
    origin: failure.origin,
    code,
    tenant: context.tenant,
    method: context.method?.path.slice(1),
    domain: info?.domain,
    reason: info?.reason,
    details:
      details.length === 0
        ? noDetails
        : details.map((detail) => detailType({ typeUrl: detail["@type"] })),
  };
}

/** The facts of a declared error, as they will be when the service reports it. */
export function declaredFacts(
  declaration: ErrorDeclaration,
  method: MethodSchema,
  defaultDomain: string,
): FailureFacts {
  const { code, reason, domain, detailTypes } = declaration;
  const info = reason === "" ? [] : ["google.rpc.ErrorInfo"];
  return {
    origin: "service",
    code: Code[code],
    tenant: undefined,
    method: method.path.slice(1),
    domain: reason === "" ? undefined : domain || defaultDomain,
    reason: reason || undefined,
    details: [...new Set([...info, ...detailTypes])],
  };
}
