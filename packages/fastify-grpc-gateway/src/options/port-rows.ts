import { boolean, type Check, MAX_TIMER_MS, oneOf, text, textList, wholeNumber } from "./checks.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { always, type OptionRows } from "./option-row.ts";
import type { ResolvedOptions } from "./resolved-options.ts";

const pagePath: Check<string> = text('a path such as "/healthz"', /^\/[\w.~/-]*$/);

/** Native gRPC and the port that it shares. All gateways of a port share its bounds, so those have no default here. */
export const portRows: OptionRows<
  Pick<FastifyGrpcGatewayOptions, "nativeGrpc" | "health" | "closeGraceMs" | "onePort">,
  ResolvedOptions
> = {
  nativeGrpc: {
    help: "native gRPC on the app's port; `false` for none",
    switchable: true,
    members: {
      hooks: {
        help: 'whether the hooks of the scope run before native calls, or not (`"skip"`)',
        check: oneOf("run", "skip"),
        default: always("run"),
      },
      services: {
        help: 'what is passed on to a remote upstream: services of the schema and health checks, or `"all"`',
        check: oneOf("schema", "all"),
        default: always("schema"),
      },
      open: {
        help: "full names of services whose native calls pass no hooks",
        check: textList('a list of services such as ["grpc.health.v1.Health"]'),
        default: always([]),
      },
    },
  },
  health: {
    help: "answers to probes: pages, and grpc.health.v1 on the port; docs/health.md",
    switchable: "off",
    members: {
      livePath: {
        help: "the page of a process that is alive",
        check: pagePath,
        default: always("/healthz"),
      },
      readyPath: {
        help: "the page of an app that takes calls, 503 otherwise",
        check: pagePath,
        default: always("/readyz"),
      },
      requireUpstream: {
        help: "whether the app is ready only while the upstream serves",
        check: boolean,
        default: always(false),
      },
      checkTimeoutMs: {
        help: "how long the upstream may take to tell, in milliseconds",
        check: wholeNumber({ least: 1, most: MAX_TIMER_MS }, "a whole number of milliseconds"),
        default: always(1_000),
      },
      preStopDelayMs: {
        help: "how long the app takes calls once `close` has made it unready, in milliseconds",
        check: wholeNumber({ least: 0, most: MAX_TIMER_MS }, "a whole number of milliseconds"),
        default: always(0),
      },
    },
  },
  closeGraceMs: {
    help: "how long open calls go on once the app closes, in milliseconds; then they end with UNAVAILABLE",
    check: wholeNumber({ least: 0, most: MAX_TIMER_MS }, "a whole number of milliseconds"),
    default: always(undefined),
    otherwise: "`5000`; `0` with Fastify's `forceCloseConnections: true`",
  },
  onePort: {
    help: "bounds on what clients of the port may hold open or do; their defaults: docs/one-port.md#bounds",
    switchable: false,
    members: {
      headersTimeoutMs: {
        help: "how long a connection may take to show its protocol",
        check: wholeNumber({ least: 1, most: MAX_TIMER_MS }),
        default: always(undefined),
      },
      maxSniffingSockets: {
        help: "connections that have not shown their protocol",
        check: wholeNumber({ least: 1 }),
        default: always(undefined),
      },
      sessionIdleMs: {
        help: "how long an HTTP/2 connection may be idle; 0 for no limit",
        check: wholeNumber({ least: 0, most: MAX_TIMER_MS }),
        default: always(undefined),
      },
      maxConnectionAgeMs: {
        help: "how old connections may grow before they end by a GOAWAY or `connection: close`; 0 for no limit",
        check: wholeNumber({ least: 0, most: MAX_TIMER_MS }),
        default: always(undefined),
      },
      maxConcurrentStreams: {
        help: "streams of one HTTP/2 connection",
        check: wholeNumber({ least: 1 }),
        default: always(undefined),
      },
      maxPrematureResets: {
        help: "streams of one connection that may be reset prematurely within a second",
        check: wholeNumber({ least: 1 }),
        default: always(undefined),
      },
      prematureResetMs: {
        help: "up to which age a reset is premature",
        check: wholeNumber({ least: 0 }),
        default: always(undefined),
      },
    },
  },
};
