import type { HeaderRules, QueryDialect } from "grpc-transcoding";
import type {
  FastifyGrpcGatewayOptions,
  GatewayDeadlineOptions,
  GatewayJsonOptions,
  HealthOptions,
  NativeGrpcOptions,
} from "./gateway-options.ts";
import type { PresetOnly } from "./preset.ts";

type Given = FastifyGrpcGatewayOptions;

/** The options that stay away where they are not given: what holds then depends on the app or the upstream. */
type WithoutDefault =
  | "name"
  | "proto"
  | "descriptorSet"
  | "schema"
  | "services"
  | "rules"
  | "tenant"
  | "metadata"
  | "closeGraceMs"
  | "errors";

type Groups =
  | "nativeGrpc"
  | "query"
  | "health"
  | "json"
  | "headers"
  | "deadline"
  | "limits"
  | "streaming"
  | "onePort";

/**
 * All options of a gateway, checked, with their defaults and those of the preset. Functions and objects
 * are those that were given.
 */
export interface ResolvedOptions
  extends Pick<Given, WithoutDefault>,
    Required<Omit<Given, WithoutDefault | Groups>>,
    PresetOnly {
  /** False, or all of its options. */
  readonly nativeGrpc: false | Required<NativeGrpcOptions>;
  readonly query: QueryDialect;
  readonly health: false | Required<HealthOptions>;
  readonly json: Required<GatewayJsonOptions>;
  readonly headers: { readonly request: HeaderRules; readonly response: HeaderRules };
  readonly deadline: Required<GatewayDeadlineOptions>;
  readonly limits: NonNullable<Given["limits"]>;
  readonly streaming: Required<NonNullable<Given["streaming"]>>;
  readonly onePort: NonNullable<Given["onePort"]>;
}

/** The options that routes are compiled with. */
export type RoutingOptions = Pick<
  ResolvedOptions,
  | "rules"
  | "rulesMode"
  | "generateUnboundMethods"
  | "repeatedPathVariables"
  | "json"
  | "textDialect"
  | "formBodies"
  | "httpBodyRequests"
  | "contentTypes"
  | "trailingBody"
  | "emptySegments"
  | "headAsGet"
  | "unknownQuery"
  | "query"
  | "validate"
  | "pathBodyConflict"
  | "pathUnescape"
  | "patchFieldMask"
  | "deadline"
  | "methods"
  | "partialResponses"
  | "prettyPrint"
  | "streaming"
>;
