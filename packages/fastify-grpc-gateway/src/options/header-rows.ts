import type { HeaderRules } from "grpc-transcoding";
import { type Check, callable, list, text } from "./checks.ts";
import { always, type GroupRow } from "./option-row.ts";

// The characters of RFC 9110 field names; a star ends a prefix.
const headerName = text("a header name", /^(?:[!#$%&'+.^_`|~\w-]+\*?|\*)$/);
const names = list(
  'a list of header names, or prefixes with a star behind: ["x-acme-*"]',
  headerName,
);

/** The name of one header. */
export const wholeHeaderName: Check<string> = text("a header name", /^[!#$%&'+.^_`|~\w-]+$/);

/** The rules of one direction, beside those of the preset. */
function headerRules(help: string): GroupRow<HeaderRules> {
  return {
    help,
    switchable: false,
    members: {
      allow: { help: "further names that pass", check: names, default: always([]) },
      deny: {
        help: "names that do not pass; wins over everything else",
        check: names,
        default: always([]),
      },
      rename: {
        help: "`(name) => string | undefined`, the name on the other side",
        check: callable("a function of the header's name"),
        default: always(undefined),
      },
    },
  };
}

/** Which request headers become metadata, and which metadata becomes response headers. */
export const headerRow: GroupRow<
  {
    readonly request?: HeaderRules;
    readonly response?: HeaderRules;
  },
  { readonly request: HeaderRules; readonly response: HeaderRules }
> = {
  help: "which headers pass beside those of the preset",
  switchable: false,
  members: {
    request: headerRules("which request headers become metadata"),
    response: headerRules("which metadata becomes response headers"),
  },
};
