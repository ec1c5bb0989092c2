import type { Fate } from "./handled-calls.ts";
import { type CallKind, type ClientKind, type Connection, clientKinds } from "./kinds-clients.ts";
import type { LeakApp, LeakAppOptions } from "./leak-app.ts";

/** A round of calls that are held. */
export interface Round {
  readonly connections: readonly Connection[];
  readonly calls: readonly { leave(): void }[];
  readonly app: LeakApp;
}

/** A way in which calls end. */
export interface LeakEnd {
  readonly name: string;
  readonly behaviour: "answer" | "error" | "hold";
  readonly headers?: Readonly<Record<string, string>>;
  readonly isUnknown?: boolean;
  /** Where calls are when they are ended: with their handlers, or in a hook. */
  readonly heldBy?: "service" | "hook";
  readonly act?: (round: Round) => void;
  /** How handlers see it; undefined where no call must reach one. */
  readonly fate: Fate | undefined;
  /** Whether connections go with their calls; over HTTP/1.1 also those whose call is given up. */
  readonly ends?: "connection" | "call of HTTP/1.1";
  /** Whether streams break off, which takes the connection along over HTTP/1.1. */
  readonly breaksStreams?: boolean;
  /** Only where hooks and policies are. */
  readonly isGuarded?: boolean;
  readonly isPossible?: (client: ClientKind) => boolean;
}

const leaveAll = ({ calls }: Round): void => {
  for (const call of calls) call.leave();
};

export const leakEnds: readonly LeakEnd[] = [
  { name: "an answer", behaviour: "answer", fate: "finished" },
  { name: "an error", behaviour: "error", fate: "finished", breaksStreams: true },
  {
    name: "the client's cancel",
    behaviour: "hold",
    heldBy: "service",
    act: leaveAll,
    fate: "cancelled",
    ends: "call of HTTP/1.1",
  },
  {
    name: "a client that vanishes",
    behaviour: "hold",
    heldBy: "service",
    act: ({ connections }) => {
      for (const connection of connections) connection.cut();
    },
    fate: "cancelled",
    ends: "connection",
  },
  {
    name: "its deadline",
    behaviour: "hold",
    headers: { "grpc-timeout": "2m" },
    fate: "cancelled",
    breaksStreams: true,
  },
  {
    name: "a reset during a hook",
    behaviour: "answer",
    headers: { "x-hold": "1" },
    heldBy: "hook",
    act: leaveAll,
    fate: undefined,
    ends: "call of HTTP/1.1",
    isGuarded: true,
  },
  {
    name: "a hook that refuses it",
    behaviour: "answer",
    headers: { "x-refuse": "hook" },
    fate: undefined,
    isGuarded: true,
  },
  {
    name: "a policy that refuses it",
    behaviour: "answer",
    headers: { "x-refuse": "policy" },
    fate: undefined,
    isGuarded: true,
  },
  { name: "a method that is not there", behaviour: "answer", isUnknown: true, fate: undefined },
  {
    name: "the shutdown of its connection",
    behaviour: "hold",
    heldBy: "service",
    act({ connections, app }) {
      for (const connection of connections) connection.shutDown?.();
      setImmediate(() => app.service.release());
    },
    fate: "finished",
    ends: "connection",
    isPossible: ({ name }) => name !== "REST over HTTP/1.1",
  },
];

/** Calls of one kind that end in one way. */
export interface LeakCase {
  readonly name: string;
  readonly client: ClientKind;
  readonly kind: CallKind;
  readonly end: LeakEnd;
  readonly over: "one connection" | "many connections";
}

/** Whether each call takes a connection of its own along: one connection for all is impossible. */
function goesWithCalls(
  { width }: ClientKind,
  { ends, breaksStreams }: LeakEnd,
  kind: CallKind,
): boolean {
  const isBroken = breaksStreams === true && (kind === "ServerStream" || kind === "Bidi");
  return width === 1 && (ends !== undefined || isBroken);
}

/**
 * The cases of an app. Of the four apps two have those over one connection and two those over many, so that each
 * way to the service and each way through the guard has both; what only a guard does is done over both.
 */
export function leakCases({ isRemote, isGuarded }: LeakAppOptions): readonly LeakCase[] {
  const ways = ["one connection", "many connections"] as const;
  const usual = isRemote === isGuarded ? ways[0] : ways[1];
  const cases: LeakCase[] = [];
  for (const end of leakEnds) {
    if (end.isGuarded && !isGuarded) continue;
    for (const over of end.isGuarded ? ways : [usual]) {
      for (const client of clientKinds) {
        if (end.isPossible?.(client) === false) continue;
        for (const kind of client.kinds) {
          if (over === "one connection" && goesWithCalls(client, end, kind)) continue;
          const name = `${client.name}, ${kind}, ended by ${end.name}, over ${over}`;
          cases.push({ name, client, kind, end, over });
        }
      }
    }
  }
  return cases;
}
