import { memberPath, readList, readObject, readText, wrongOption } from "../option/option-value.ts";
import { type MethodSelector, readMethodSelector } from "./method-selector.ts";

/** Who may call some methods. */
export interface MethodSettings {
  /** The token must have one of these; `"books.read books.write"` is both of them. */
  readonly scopes?: readonly string[];
}

/** Who may call, as options or annotations say of one method. */
export interface Audience {
  /** Whether calls without a token pass. */
  readonly anonymous: boolean;
  /** The token has all scopes of one of these; empty where any token will do. */
  readonly scopes: readonly (readonly string[])[];
}

/** What the options say of the methods of a selector. */
export interface SelectedAudience {
  readonly selector: MethodSelector;
  /** The option's path, for messages. */
  readonly path: string;
  readonly audience: Audience;
}

/** Reads the options `methods` and `anonymous`. Throws FST_GRPC_AUTH_*. */
export function readAudiences(methods: unknown, anonymous: unknown): readonly SelectedAudience[] {
  const audiences: SelectedAudience[] = [];
  const add = (selector: MethodSelector, path: string, audience: Audience): void => {
    const other = audiences.find(({ selector: { name, kind } }) => {
      return name === selector.name && kind === selector.kind;
    });
    if (other !== undefined) {
      throw wrongOption(path, selector.text, `${other.path} says something of it already`);
    }
    audiences.push({ selector, path, audience });
  };
  for (const [text, settings] of Object.entries(readObject(methods, "methods"))) {
    const path = memberPath("methods", text);
    const { scopes } = readObject(settings, path, ["scopes"]);
    const read = readList(scopes, `${path}.scopes`, readScopes);
    if (read.length === 0) throw wrongOption(`${path}.scopes`, scopes, "give at least one");
    add(readMethodSelector(text, path), path, { anonymous: false, scopes: read });
  }
  const open = readList(anonymous, "anonymous", readMethodSelector);
  for (const [at, selector] of open.entries()) {
    add(selector, `anonymous[${at}]`, { anonymous: true, scopes: [] });
  }
  return audiences;
}

/** RFC 6749, section 3.3: `scope-token`s with blanks between them. */
function readScopes(value: unknown, path: string): readonly string[] {
  const scopes = readText(value, path).split(" ");
  if (scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))) return scopes;
  throw wrongOption(path, value, 'give a scope, or several with blanks between: "read write"');
}
