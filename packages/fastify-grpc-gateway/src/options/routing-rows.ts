import type { CreateValidator } from "grpc-transcoding";
import { anyOf, boolean, callable, having, list, oneOf, text, textList } from "./checks.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { queryArrays, queryObjects } from "./method-checks.ts";
import { always, type OptionRows } from "./option-row.ts";
import type { ResolvedOptions } from "./resolved-options.ts";
import { readRules } from "./rules-source.ts";
import { urlPrefix } from "./url-prefix-check.ts";

/** Which requests reach which method. */
export const routingRows: OptionRows<
  Pick<
    FastifyGrpcGatewayOptions,
    | "prefix"
    | "rules"
    | "rulesMode"
    | "generateUnboundMethods"
    | "onConflict"
    | "unknownQuery"
    | "query"
    | "validate"
    | "pathUnescape"
    | "pathBodyConflict"
    | "methodOverride"
    | "patchFieldMask"
    | "notFound"
  >,
  ResolvedOptions
> = {
  prefix: {
    help: "URL prefix, behind that of the scope",
    check: urlPrefix,
    default: always(""),
  },
  rules: {
    help: "further http rules: a service config or a list, as data or as a YAML or JSON file",
    check: anyOf(
      "a service config, a list of rules, or the path of a YAML or JSON file",
      text(),
      list("a list of rules", having("a rule", {})),
      having("a service config", {}),
    ),
    default: always(undefined),
    read: readRules,
  },
  rulesMode: {
    help: '`"override"`: rules replace the annotations of their methods',
    check: oneOf("add", "override"),
    default: always("add"),
  },
  generateUnboundMethods: {
    help: "`POST /package.Service/Method` for methods without a rule",
    check: boolean,
    default: always(false),
  },
  onConflict: {
    help: 'two bindings of the same requests: `"first"` is reached, `"warn"` says so',
    check: oneOf("error", "first", "warn"),
    default: always("error"),
  },
  unknownQuery: {
    help: 'a query parameter without a field: 400, `"ignore"`, or the names to ignore',
    check: anyOf(
      '"reject", "ignore" or a list of names to ignore',
      oneOf("reject", "ignore"),
      textList("a list of names"),
    ),
    default: { standard: "reject", "grpc-gateway": "ignore" },
  },
  validate: {
    help: "REST requests are held to the rules of buf.validate before they reach their service, by the package @bufbuild/protovalidate: docs/rest.md#validation",
    check: anyOf(
      "true, false, or createValidator of @bufbuild/protovalidate",
      boolean,
      callable<CreateValidator>("createValidator"),
    ),
    default: always(false),
  },
  query: {
    help: "how queries spell lists and messages; names with dots and repeated parameters are always read: docs/rest.md#queries",
    switchable: false,
    members: {
      arrays: {
        help: '`"csv"`: `tag=a,b`; `"brackets"`: `tag[]=a&tag[]=b`',
        check: queryArrays,
        default: always("repeat"),
      },
      objects: {
        help: '`"brackets"`: `price[gte]=1`',
        check: queryObjects,
        default: always("dot"),
      },
      messages: {
        help: "`items[0].name=a` gives a field of a repeated message",
        check: boolean,
        default: always(false),
      },
    },
  },
  pathUnescape: {
    help: '`"reserved"`: multi-segment variables keep all reserved characters encoded',
    check: oneOf("spec", "reserved"),
    default: always("spec"),
  },
  pathBodyConflict: {
    help: '`"reject"`: 400 when the body sets a path-bound field to another value',
    check: oneOf("path", "reject"),
    default: always("path"),
  },
  methodOverride: {
    help: "a form POST may name its method by `X-HTTP-Method-Override`, or reach a GET route; read the risk first: docs/http-mapping.md#method-override",
    check: boolean,
    default: { standard: false, "grpc-gateway": true },
  },
  patchFieldMask: {
    help: "a PATCH without a mask gets one from its body",
    check: boolean,
    default: always(true),
  },
  notFound: {
    help: '`"table"`: unknown paths under the prefix are answered by the error table',
    check: oneOf("app", "table"),
    default: { standard: "app", "grpc-gateway": "table" },
  },
};
