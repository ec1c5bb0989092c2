import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import grpcGateway from "fastify-grpc-gateway";
import { codeName, loadSchema } from "grpc-transcoding";
import { type Relay, relayTo } from "../relay.ts";
import { listen, shopProto } from "../shop.ts";
import { EndsService, type Kind } from "./ends-service.ts";
import { type Behaviour, type Fate, failCode } from "./handled-calls.ts";
import {
  type ClientCall,
  type ClientView,
  type Protocol,
  type ProtocolClient,
  protocols,
  type RequestShape,
  refusedHeader,
} from "./protocols.ts";
import { WatchedTransport } from "./watched-transport.ts";

/** How a call can end, and what everybody must see of it. */
interface End {
  readonly behaviour: Behaviour;
  readonly shape?: RequestShape;
  /** What ends a call that the service holds; over REST a stream has answered its first message by then. */
  readonly act?: (running: Running) => void;
  /** What clients of REST see, by the kind of call; undefined for no whole answer. */
  readonly rest: Readonly<Record<Kind, ClientView | undefined>>;
  /** The code that native clients see. */
  readonly native: number;
  /** What the handler sees; undefined where it must not be called. */
  readonly service: Fate | undefined;
  /** The code in the log line of a REST call; undefined for a request that is no call. */
  readonly logged: string | undefined;
  /** The codes that the line of a native call may have, where it is not the one that the client sees. */
  readonly nativeLogged?: readonly string[];
}

interface Running {
  readonly app: FastifyInstance;
  readonly call: ClientCall;
  readonly network: Relay;
  readonly service: EndsService;
}

const brokenOff = (code: number): ClientView => ({ http: 200, code, isWhole: false });
const both = (view: ClientView | undefined) => ({ unary: view, "server stream": view });

const ends: Readonly<Record<string, End>> = {
  "an answer": {
    behaviour: "answer",
    rest: both({ http: 200, code: 0 }),
    native: 0,
    service: "finished",
    logged: "OK",
  },
  "an error": {
    behaviour: "error",
    rest: { unary: { http: 400, code: failCode }, "server stream": brokenOff(failCode) },
    native: failCode,
    service: "finished",
    logged: "FAILED_PRECONDITION",
  },
  "the client's cancel": {
    behaviour: "hold",
    act: ({ call }) => call.cancel(),
    rest: both(undefined),
    native: 1,
    service: "cancelled",
    logged: "CANCELLED",
  },
  "a client that vanishes": {
    behaviour: "hold",
    act: ({ network }) => network.cut(),
    rest: both(undefined),
    native: 14,
    service: "cancelled",
    logged: "CANCELLED",
    nativeLogged: ["CANCELLED"],
  },
  "its deadline": {
    behaviour: "hold",
    shape: { deadlineMs: 200 },
    rest: { unary: { http: 504, code: 4 }, "server stream": brokenOff(4) },
    native: 4,
    service: "cancelled",
    logged: "DEADLINE_EXCEEDED",
    // Client and server watch the same deadline: either may be the first.
    nativeLogged: ["DEADLINE_EXCEEDED", "CANCELLED"],
  },
  "a hook that refuses it": {
    behaviour: "answer",
    shape: { refusedBy: "hook" },
    rest: both({ http: 401, code: 16 }),
    native: 16,
    service: undefined,
    logged: "UNAUTHENTICATED",
  },
  "a method that is not there": {
    behaviour: "answer",
    shape: { refusedBy: "method" },
    rest: both({ http: 405, code: 12 }),
    native: 12,
    service: undefined,
    logged: undefined,
    // Where no gateway has the service, nobody logs.
    nativeLogged: ["UNIMPLEMENTED", "nothing"],
  },
  "an answer while the app closes": {
    behaviour: "hold",
    act({ app, service }) {
      void app.close();
      setImmediate(() => service.release());
    },
    rest: both({ http: 200, code: 0 }),
    native: 0,
    service: "finished",
    logged: "OK",
  },
  "the app's close": {
    behaviour: "hold",
    act: ({ app }) => void app.close(),
    rest: { unary: { http: 503, code: 14 }, "server stream": brokenOff(14) },
    native: 14,
    service: "cancelled",
    logged: "UNAVAILABLE",
  },
};

const schema = loadSchema({ proto: shopProto });

interface Started {
  readonly app: FastifyInstance;
  readonly client: ProtocolClient;
  readonly network: Relay;
  readonly service: EndsService;
  /** The codes in the log lines of calls. */
  readonly logged: string[];
  /** What counts its open calls beside the gateway: the service, and the upstream where a test can watch it. */
  readonly counted: readonly (readonly [name: string, place: { readonly open: number }])[];
}

async function start(t: TestContext, protocol: Protocol): Promise<Started> {
  const service = new EndsService();
  const logged: string[] = [];
  const stream = {
    write(line: string) {
      const { grpc, msg } = JSON.parse(line);
      if (msg === "grpc call completed") logged.push(grpc.code);
    },
  };
  const app = Fastify({ logger: { stream } });
  app.addHook("preHandler", async ({ headers }) => {
    if (headers[refusedHeader] === undefined) return;
    throw Object.assign(new Error("who are you?"), { statusCode: 401 });
  });
  const upstream = await protocol.upstream(t, service);
  await app.register(grpcGateway, { schema: await schema, upstream, closeGraceMs: 50 });
  const network = await relayTo(t, Number(new URL(await listen(app)).port));
  const client = protocol.connect(t, network.port);
  t.after(() => app.close());
  const counted: Started["counted"] = [
    ["service", service],
    ...(upstream instanceof WatchedTransport ? [["upstream", upstream] as const] : []),
  ];
  return { app, client, network, service, logged, counted };
}

/** Fails unless the gauges that are named, and the calls elsewhere, are soon at zero. */
async function nothingIsLeft(
  { app, counted }: Started,
  isNamed: (gauge: string) => boolean = () => true,
): Promise<void> {
  const left = () => {
    const gauges = Object.entries(app.grpcGateway().gauges).filter(([gauge]) => isNamed(gauge));
    const places = counted.map(([name, { open }]) => [name, open] as const);
    return [...gauges, ...places].filter(([, n]) => n !== 0);
  };
  for (const until = Date.now() + 2_000; left().length > 0 && Date.now() < until; ) await delay(2);
  assert.deepEqual(left(), []);
}

/** What must go with a call, and not with its client only. */
const isOfCalls = (gauge: string): boolean => gauge === "calls" || gauge === "grpcStreams";

for (const protocol of protocols) {
  for (const [cause, end] of Object.entries(ends)) {
    for (const kind of ["unary", "server stream"] as const) {
      test(`${protocol.name}, ${kind}: a call ends by ${cause}, and nothing is left`, {
        timeout: 5_000,
      }, async (t) => {
        const started = await start(t, protocol);
        const { app, client, network, service, logged } = started;
        const call = client.start(kind, end.behaviour, end.shape);
        if (end.act !== undefined) {
          await (kind === "unary" ? service.reached() : call.begun);
          end.act({ app, call, network, service });
        }
        const seen = protocol.isRest ? end.rest[kind] : { code: end.native };
        assert.deepEqual(await call.seen, seen, "what the client sees");
        await nothingIsLeft(started, isOfCalls);
        client.close();
        await nothingIsLeft(started);
        await app.close();
        assert.deepEqual(service.fates, end.service === undefined ? [] : [end.service]);
        if (protocol.isRest) {
          assert.deepEqual(logged, end.logged === undefined ? [] : [end.logged], "the log lines");
        } else {
          const { nativeLogged = [codeName(end.native)] } = end;
          assert.ok(logged.length <= 1, "one log line at most");
          assert.ok(nativeLogged.includes(logged[0] ?? "nothing"), `the log says ${logged}`);
        }
      });
    }
  }
}
