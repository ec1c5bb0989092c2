import type { ErrorMapper, GatewayEntry } from "grpc-transcoding";
import type { OnFinding } from "../model/finding.ts";
import type { Components } from "./components.ts";
import type { SchemaContext } from "./schema-context.ts";

/** What a document is made of: a gateway of the registry, or its parts on the command line. */
export type DocumentSource = Pick<
  GatewayEntry,
  "name" | "prefix" | "schema" | "bindings" | "json" | "streamEncoders" | "errors"
> &
  Partial<
    Pick<
      GatewayEntry,
      | "policies"
      | "patchFieldMask"
      | "partialResponses"
      | "prettyPrint"
      | "query"
      | "httpBodyRequests"
      | "eventsOf"
      | "restOf"
    >
  >;

/** What the operations of a document are made from. */
export interface DocumentContext extends SchemaContext {
  readonly source: DocumentSource;
  readonly errors: ErrorMapper;
  readonly components: Components;
  /** The security scheme that `(google.api.oauth_scopes)` speak of. */
  readonly oauthScheme: string | undefined;
  readonly onFinding: OnFinding;
}
