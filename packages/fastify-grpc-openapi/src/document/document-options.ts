import type { OnFinding } from "../model/finding.ts";
import type { InfoObject, SecurityRequirement, ServerObject } from "../model/openapi.ts";
import type { ComponentNaming } from "../schema/component-names.ts";

/** What a document shows, and how; everything about the wire comes from the gateway. */
export interface GrpcDocumentOptions {
  /** @default title: the names of the services, version: `"1.0.0"` */
  readonly info?: Partial<InfoObject>;
  /** @default `/`: clients call the host that served the document */
  readonly servers?: readonly ServerObject[];
  /** Scheme objects by name, for `security` and {@link oauthScheme}. @default none */
  readonly securitySchemes?: Readonly<Record<string, unknown>>;
  /** What every operation demands unless it says otherwise. @default [] */
  readonly security?: readonly SecurityRequirement[];
  /** Whether components are named `library.v1.Book` or `Book`, where that is unique. @default "full" */
  readonly componentNames?: ComponentNaming;
  /**
   * `guard` says "at most one" exactly and keeps messages plain objects in generated clients; `union`
   * demands one member and gives clients union types. @default "guard"
   */
  readonly oneof?: "guard" | "union";
  /** Leaves out first enum values that end in `_UNSPECIFIED`. @default false */
  readonly omitUnspecified?: boolean;
  /** The `google.api.VisibilityRule` labels that readers may see; declarations without a rule are always shown. @default [] */
  readonly visibility?: readonly string[] | "all";
  /** The security scheme for which `(google.api.oauth_scopes)` is written. @default none */
  readonly oauthScheme?: string;
  /** Writes `https://<(google.api.default_host)>` as servers. @default false */
  readonly defaultHost?: boolean;
  /** Told what the document cannot say. @default ignored */
  readonly onFinding?: OnFinding;
}
