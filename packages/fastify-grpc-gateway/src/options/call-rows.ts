import type { ErrorMapper } from "grpc-transcoding";
import { byteLimit, callable, having, list, positive, wholeNumber } from "./checks.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { headerRow, wholeHeaderName } from "./header-rows.ts";
import { methodHttp, methodTimes } from "./method-checks.ts";
import { always, type OptionRows } from "./option-row.ts";
import type { ResolvedOptions } from "./resolved-options.ts";
import { upstream } from "./upstream-check.ts";

/** Where calls go, with what, and what guards them. */
export const callRows: OptionRows<
  Pick<
    FastifyGrpcGatewayOptions,
    | "upstream"
    | "methods"
    | "headers"
    | "metadata"
    | "policies"
    | "interceptors"
    | "deadline"
    | "limits"
    | "tenant"
    | "errors"
  >,
  ResolvedOptions
> = {
  upstream: { help: "where calls go, see above", check: upstream, default: "required" },
  methods: {
    help: 'what requests and answers of methods are, by method or by a prefix such as `"library.v1.*"`: docs/rest.md',
    check: methodHttp,
    default: always({}),
  },
  headers: headerRow,
  metadata: {
    help: "`(request) => [[key, value], …]`: the app's own metadata, after its hooks; it replaces what headers made of the same keys",
    check: callable("a function of the request"),
    default: always(undefined),
  },
  policies: {
    help: "run before each call of every protocol; each lets it pass, changes or refuses it",
    check: list("a list of policies, functions of a call", callable("a function of the call")),
    default: always([]),
  },
  interceptors: {
    help: "around each call of every protocol, the first one outermost",
    check: list(
      "a list of interceptors, functions from transport to transport",
      callable("a function from transport to transport"),
    ),
    default: always([]),
  },
  deadline: {
    help: "how long calls may take, in milliseconds; `Infinity` for no limit",
    switchable: false,
    members: {
      defaultMs: {
        help: "unary calls, where the client names no `grpc-timeout`",
        check: positive,
        default: always(30_000),
      },
      streamMs: { help: "calls that stream", check: positive, default: always(3_600_000) },
      maxMs: {
        help: "what a client may ask for at most",
        check: positive,
        default: always(3_600_000),
      },
      methods: {
        help: 'by method, or by a prefix such as `"library.v1.Library.*"`, where the client names no timeout',
        check: methodTimes,
        default: always({}),
      },
      headers: {
        help: "headers that tell a timeout as `X-Request-Timeout: 1.5` would: docs/metadata.md#deadlines",
        check: list('a list of header names: ["x-request-timeout"]', wholeHeaderName),
        default: always([]),
      },
    },
  },
  limits: {
    help: "how large bodies and messages may be, in bytes",
    switchable: false,
    members: {
      maxBodyBytes: {
        help: "the largest HTTP body; never more than Fastify's `bodyLimit`, which is 1 MiB unless you set it",
        check: wholeNumber({ least: 1 }, "a whole number of bytes"),
        default: always(undefined),
        otherwise: "4 MiB, or Fastify's `bodyLimit`",
      },
      maxRequestBytes: {
        help: "the largest protobuf request; -1 for no limit",
        check: byteLimit,
        default: always(undefined),
        otherwise: "what the server of this process allows, else 4 MiB",
      },
      maxResponseBytes: {
        help: "the largest protobuf response; -1 for no limit",
        check: byteLimit,
        default: always(undefined),
        otherwise: "4 MiB",
      },
    },
  },
  tenant: {
    help: "`(request) => name | { tenant, prefix } | false | undefined`: whose request it is, told before routing: docs/transports.md#tenants",
    check: callable("a function of the request"),
    default: always(undefined),
  },
  errors: {
    help: "an `ErrorMapper`",
    check: having<ErrorMapper>("an error table (createErrorTable of fastify-grpc-errors)", {
      toHttp: "function",
    }),
    default: always(undefined),
    otherwise: "the scope's [error table](../fastify-grpc-errors)",
  },
};
