import assert from "node:assert/strict";
import type { Action, Ask, CallKind, CallsLog } from "./calls-service.ts";
import type { StreamAnswer, StreamedCall } from "./stream-clients.ts";

/** What everybody must see of a call, whatever it goes over. */
export interface Outcome {
  readonly status: number;
  /** The answer's messages, as the numbers in them; a failure as its code and message. */
  readonly says: readonly string[];
  /** @default true */
  readonly isWhole?: boolean;
}

export interface Running {
  readonly call: StreamedCall;
  readonly log: CallsLog;
  readonly kind: CallKind;
}

/** One thing that can happen to a call. */
export interface BehaviourCase {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Does the client's part. */
  run(running: Running): Promise<unknown>;
  /** What the client sees, by the kinds that have the case; `"nothing"` for no whole answer. */
  readonly sees: Readonly<Partial<Record<CallKind, Outcome | "nothing">>>;
  /** The numbers of the messages that reach the service; undefined where that depends on who is faster. */
  readonly messages: readonly number[] | undefined;
  /** Whether the service is told that all of them are there; undefined where that depends on who is faster. */
  readonly isComplete: boolean | undefined;
  /** Looks at what is more than an outcome. */
  check?(answer: StreamAnswer, running: Running): unknown;
}

/** The limits of the apps that the cases run against, in bytes. */
export const behaviourLimits = {
  maxBodyBytes: 2000,
  maxRequestBytes: 1000,
  maxResponseBytes: 500,
} as const;

/** One message as a line of NDJSON. */
export function ask(number: number, action: Action = "", more: Partial<Ask> = {}): string {
  return `${JSON.stringify({ number, action, ...more })}\n`;
}

const failed = "9 no more of this";
const late = "4 the deadline set by the client has passed";
const wrongNumber = '3 message 2: number: int32 expected, not "x"';
const tooLarge = "8 the request message is larger than the limit of 1000 bytes";
const answerTooLarge = "13 a response message of the upstream is larger than the limit";
const tooLong = "8 message 2: a JSON value of the stream is larger than 2000 bytes";
const notJson = "3 content-type application/xml is not read here: send application/json";
const streamed: Outcome = { status: 200, says: [] };

/** Sends a message, and waits until the service has it. */
async function deliver({ call, log }: Running, number: number, action: Action = ""): Promise<void> {
  await call.write(ask(number, action));
  await log.seen(`message ${number}`);
}

/** The service hears of a client that goes within 100 ms. */
async function leave({ call, log }: Running): Promise<void> {
  const start = performance.now();
  call.leave();
  await log.seen("cancelled");
  assert.ok(performance.now() - start < 100, "the service hears of it within 100 ms");
}

/** Where a first message is answered before the second one does something. */
async function second(running: Running, line: string): Promise<void> {
  await deliver(running, 1);
  if (running.kind === "bidi") await running.call.line();
  void running.call.write(line);
}

export const behaviourCases: readonly BehaviourCase[] = [
  {
    name: "messages arrive in order, and are answered in order",
    async run({ call, kind }) {
      if (kind === "unary" || kind === "serverStream") call.end(ask(3));
      else {
        for (const number of [1, 2]) await call.write(ask(number));
        call.end(ask(3));
      }
    },
    sees: {
      unary: { status: 200, says: ["3"] },
      serverStream: { status: 200, says: ["1", "2", "3"] },
      clientStream: { status: 200, says: ["1,2,3"] },
      bidi: { status: 200, says: ["1", "2", "3"] },
    },
    messages: undefined,
    isComplete: true,
  },
  {
    name: "messages that come in one piece are all sent",
    run: async ({ call }) => call.end(ask(1) + ask(2) + ask(3)),
    sees: {
      clientStream: { status: 200, says: ["1,2,3"] },
      bidi: { status: 200, says: ["1", "2", "3"] },
    },
    messages: [1, 2, 3],
    isComplete: true,
  },
  {
    name: "each message is answered before the next is sent",
    async run({ call }) {
      for (const number of [1, 2, 3]) {
        await call.write(ask(number));
        assert.deepEqual(JSON.parse((await call.line()) ?? "").numbers, [number]);
      }
      call.end();
    },
    sees: { bidi: { status: 200, says: ["1", "2", "3"] } },
    messages: [1, 2, 3],
    isComplete: true,
  },
  {
    name: "a body without messages is a half-close",
    headers: { te: "trailers" },
    run: async ({ call }) => call.end(),
    sees: { clientStream: { status: 200, says: [""] }, bidi: streamed },
    messages: [],
    isComplete: true,
    check: ({ trailers }, { kind }) =>
      assert.equal(trailers["grpc-status"], kind === "bidi" ? "0" : undefined),
  },
  {
    name: "metadata passes both ways, trailers with the answer's kind",
    headers: { "x-ask": "a, b", te: "trailers" },
    run: async ({ call }) => call.end(ask(1)),
    sees: {
      unary: { status: 200, says: ["1"] },
      serverStream: { status: 200, says: ["1"] },
      clientStream: { status: 200, says: ["1"] },
      bidi: { status: 200, says: ["1"] },
    },
    messages: [1],
    isComplete: true,
    check({ headers, trailers }, { kind }) {
      assert.equal(headers["x-head"], "head");
      assert.equal(headers["x-heard"], "a, b");
      const isStream = kind === "serverStream" || kind === "bidi";
      assert.equal((isStream ? trailers : headers)["x-tail"], "tail");
      assert.equal(trailers["grpc-status"], isStream ? "0" : undefined);
    },
  },
  {
    name: "an error before the first message is an answer like any other",
    run: async ({ call }) => call.end(ask(0, "fail")),
    sees: {
      unary: { status: 400, says: [failed] },
      serverStream: { status: 400, says: [failed] },
      clientStream: { status: 400, says: [failed] },
      bidi: { status: 400, says: [failed] },
    },
    messages: [0],
    isComplete: undefined,
    check: ({ headers }) => assert.equal(headers["x-tail"], "tail"),
  },
  {
    name: "an error while the client still sends is answered at once",
    run: ({ call }) => call.write(ask(0, "fail")),
    sees: {
      clientStream: { status: 400, says: [failed] },
      bidi: { status: 400, says: [failed] },
    },
    messages: [0],
    isComplete: false,
    check: (_answer, { call }) => call.uploadEnded,
  },
  {
    name: "an error behind a message breaks the answer off",
    headers: { te: "trailers" },
    async run(running) {
      if (running.kind === "serverStream") running.call.end(ask(1, "fail"));
      else await second(running, ask(2, "fail"));
    },
    sees: {
      serverStream: { status: 200, says: ["1", failed], isWhole: false },
      clientStream: { status: 400, says: [failed] },
      bidi: { status: 200, says: ["1", failed], isWhole: false },
    },
    messages: undefined,
    isComplete: false,
    check: ({ trailers }) => assert.deepEqual({ ...trailers }, {}, "no trailers behind a break"),
  },
  {
    name: "a service that answers early ends the upload",
    headers: { te: "trailers" },
    run: (running) => second(running, ask(2, "answer")),
    sees: {
      clientStream: { status: 200, says: ["1,2"] },
      bidi: { status: 200, says: ["1"] },
    },
    messages: [1, 2],
    isComplete: false,
    check({ trailers }, { call, kind }) {
      assert.equal(trailers["grpc-status"], kind === "bidi" ? "0" : undefined);
      return call.uploadEnded;
    },
  },
  {
    name: "a client that goes within its body cancels the call",
    async run(running) {
      await deliver(running, 1);
      await leave(running);
    },
    sees: { clientStream: "nothing", bidi: "nothing" },
    messages: [1],
    isComplete: false,
  },
  {
    name: "a client that goes within a message cancels the call",
    async run(running) {
      await deliver(running, 1);
      await running.call.write('{"number":');
      await leave(running);
    },
    sees: { clientStream: "nothing", bidi: "nothing" },
    messages: [1],
    isComplete: false,
  },
  {
    name: "a client that goes behind its body cancels the call",
    async run(running) {
      running.call.end(ask(1, "hold"));
      await running.log.seen("message 1");
      if (running.kind === "clientStream") await running.log.seen("half-close");
      await leave(running);
    },
    sees: { unary: "nothing", serverStream: "nothing", clientStream: "nothing" },
    messages: [1],
    isComplete: true,
  },
  {
    name: "the deadline ends a call whose body is there",
    headers: { "grpc-timeout": "100m" },
    run: async ({ call }) => call.end(ask(0, "hold")),
    sees: {
      unary: { status: 504, says: [late] },
      serverStream: { status: 504, says: [late] },
      clientStream: { status: 504, says: [late] },
    },
    messages: [0],
    isComplete: true,
  },
  {
    name: "the deadline ends a call whose body is still coming",
    headers: { "grpc-timeout": "100m" },
    run: (running) => deliver(running, 1),
    sees: {
      clientStream: { status: 504, says: [late] },
      bidi: { status: 200, says: ["1", late], isWhole: false },
    },
    messages: [1],
    isComplete: false,
    check: (_answer, { call }) => call.uploadEnded,
  },
  {
    name: "a malformed message is told by its number and field",
    run: (running) => second(running, '{"number":"x"}\n'),
    sees: {
      clientStream: {
        status: 400,
        says: [wrongNumber],
      },
      bidi: {
        status: 200,
        says: ["1", wrongNumber],
        isWhole: false,
      },
    },
    messages: [1],
    isComplete: false,
  },
  {
    name: "a body that ends within a message is not complete",
    async run(running) {
      await second(running, '{"number":');
      running.call.end();
    },
    sees: {
      clientStream: {
        status: 400,
        says: ["3 message 2: the input ends in the middle of a value"],
      },
      bidi: {
        status: 200,
        says: ["1", "3 message 2: the input ends in the middle of a value"],
        isWhole: false,
      },
    },
    messages: [1],
    isComplete: false,
  },
  {
    name: "a message whose JSON is over the limit is told by its number",
    run: (running) => second(running, ask(2, "", { text: "x".repeat(2100) })),
    sees: {
      clientStream: {
        status: 413,
        says: [tooLong],
      },
      bidi: {
        status: 200,
        says: ["1", tooLong],
        isWhole: false,
      },
    },
    messages: [1],
    isComplete: false,
  },
  {
    name: "many messages may be more than the limit of one",
    async run({ call, log }) {
      for (const number of [1, 2, 3, 4, 5, 6]) {
        await call.write(ask(number, "", { text: "x".repeat(450) }));
        await log.seen(`message ${number}`);
      }
      call.end();
    },
    sees: {
      clientStream: { status: 200, says: ["1,2,3,4,5,6"] },
      bidi: { status: 200, says: ["1", "2", "3", "4", "5", "6"] },
    },
    messages: [1, 2, 3, 4, 5, 6],
    isComplete: true,
  },
  {
    name: "a request message over the transport's limit ends the call",
    run: async ({ call }) => call.end(ask(1, "", { text: "x".repeat(1100) })),
    sees: {
      unary: { status: 429, says: [tooLarge] },
      serverStream: { status: 429, says: [tooLarge] },
      clientStream: { status: 429, says: [tooLarge] },
      bidi: { status: 429, says: [tooLarge] },
    },
    messages: [],
    isComplete: undefined,
  },
  {
    name: "an answer's message over the limit is the service's fault",
    run: async ({ call }) => call.end(ask(1, "", { text: "x".repeat(600) })),
    sees: {
      unary: {
        status: 502,
        says: [answerTooLarge],
      },
      serverStream: {
        status: 502,
        says: [answerTooLarge],
      },
      clientStream: {
        status: 502,
        says: [answerTooLarge],
      },
      bidi: {
        status: 502,
        says: [answerTooLarge],
      },
    },
    messages: [1],
    isComplete: undefined,
  },
  {
    name: "a body of another content type reaches no service",
    headers: { "content-type": "application/xml" },
    run: async ({ call }) => call.end("<number>1</number>"),
    sees: {
      unary: { status: 415, says: [notJson] },
      serverStream: { status: 415, says: [notJson] },
      clientStream: { status: 415, says: [`${notJson} or application/x-ndjson`] },
      bidi: { status: 415, says: [`${notJson} or application/x-ndjson`] },
    },
    messages: undefined,
    isComplete: false,
  },
];

/** What a client has got, put as an outcome. */
export function outcomeOf({ statusCode, body, isWhole }: StreamAnswer): Outcome {
  const says = body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { numbers, error, code, message } = JSON.parse(line);
      if (numbers !== undefined) return numbers.join();
      return error === undefined ? `${code} ${message}` : `${error.code} ${error.message}`;
    });
  return { status: statusCode, says, ...(!isWhole && { isWhole }) };
}
