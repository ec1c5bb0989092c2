import {
  type GatewayEntry,
  type MethodSchema,
  type PolicyCall,
  refuse,
  type Schema,
  type Verdict,
} from "grpc-transcoding";
import { compileClaimFields, type PatchOf } from "../claims/claim-fields.ts";
import { fullNameOf, type MethodAudiences } from "./method-audiences.ts";
import type { Audience } from "./method-settings.ts";

/** All that is to know of a call's method. */
export interface MethodRule {
  readonly audience: Audience;
  /** Fills the request's fields; undefined where the method has none that tokens fill. */
  readonly patchOf: PatchOf | undefined;
}

/** The rules of one gateway's methods, compiled when each is first called; by schema, so that reloads change them. */
export class MethodRules {
  readonly #entry: GatewayEntry;
  readonly #audiences: MethodAudiences;
  readonly #schemas = new WeakMap<Schema, Map<string, MethodRule>>();

  constructor(entry: GatewayEntry, audiences: MethodAudiences) {
    this.#entry = entry;
    this.#audiences = audiences;
  }

  /** The rule of a call; a verdict for a method that cannot be told. */
  of({ method, tenant, request }: PolicyCall): MethodRule | Verdict {
    if (method === undefined) {
      const audience = this.#audiences.of(templateOf(request), undefined);
      return { audience, patchOf: undefined };
    }
    const { schemaOf, schema } = this.#entry;
    const { path, service, name } = method;
    const rules = this.#rulesOf(schemaOf?.(tenant) ?? schema);
    const rule = rules.get(path);
    if (rule !== undefined) return rule;
    // What is no name may mean a method to the server behind: no rule would hold for it.
    if (!/^\w+$/.test(name) || !/^[\w.]+$/.test(service)) {
      return refuse("UNIMPLEMENTED", "the call names no method");
    }
    return { audience: this.#audiences.of(`${service}.${name}`, undefined), patchOf: undefined };
  }

  /** Who may call a method of the schema. */
  audienceOf(method: MethodSchema): Audience {
    return this.#audiences.of(fullNameOf(method), method.auth);
  }

  #rulesOf(schema: Schema): Map<string, MethodRule> {
    const known = this.#schemas.get(schema);
    if (known !== undefined) return known;
    const rules = new Map<string, MethodRule>();
    for (const method of schema.services.flatMap(({ methods }) => methods)) {
      const audience = this.audienceOf(method);
      rules.set(method.path, { audience, patchOf: compileClaimFields(method, schema) });
    }
    this.#schemas.set(schema, rules);
    return rules;
  }
}

/** The path template of a `handlePath` handler, as `request.rpc` has it. */
function templateOf(request: unknown): string {
  const { rpc } = (request ?? {}) as { readonly rpc?: { readonly template?: string } | null };
  return rpc?.template ?? "";
}
