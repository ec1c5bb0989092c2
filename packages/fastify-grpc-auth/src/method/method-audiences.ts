import type { AuthRule, MethodSchema } from "grpc-transcoding";
import { selects } from "./method-selector.ts";
import type { Audience, SelectedAudience } from "./method-settings.ts";

const anyToken: Audience = { anonymous: false, scopes: [] };

/** `package.Service.Method`. */
export function fullNameOf({ service, name }: Pick<MethodSchema, "service" | "name">): string {
  return `${service.name}.${name}`;
}

/**
 * Who may call. What an option says of one method goes before its annotation, and that before what an option says of
 * many, of which the longest prefix counts: a rule for all methods must not weaken the one of a method.
 */
export class MethodAudiences {
  readonly #exact: ReadonlyMap<string, Audience>;
  /** The longest first. */
  readonly #prefixes: readonly SelectedAudience[];

  constructor(all: readonly SelectedAudience[]) {
    const exact = all.filter(({ selector }) => selector.kind !== "prefix");
    this.#exact = new Map(exact.map(({ selector, audience }) => [selector.name, audience]));
    this.#prefixes = all
      .filter(({ selector }) => selector.kind === "prefix")
      .sort((a, b) => b.selector.name.length - a.selector.name.length);
  }

  /** By a method's full name or a handler's path template, and its annotation where it has one. */
  of(name: string, rule: AuthRule | undefined): Audience {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return exact;
    if (rule?.scopes !== undefined || rule?.anonymous !== undefined) {
      return { anonymous: rule.anonymous === true, scopes: rule.scopes ?? [] };
    }
    return this.#prefixes.find(({ selector }) => selects(selector, name))?.audience ?? anyToken;
  }
}
