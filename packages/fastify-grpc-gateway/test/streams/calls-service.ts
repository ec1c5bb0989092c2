import { fileURLToPath } from "node:url";
import {
  Metadata,
  type Server,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { createServer } from "fastify-grpc-gateway";

export const callsProto: string = fileURLToPath(new URL("./proto-calls", import.meta.url));

/** The kinds of calls, as the verbs of their paths. */
export const callKinds = ["unary", "serverStream", "clientStream", "bidi"] as const;
export type CallKind = (typeof callKinds)[number];

/** What the service does with a message: takes it as any other, or ends, holds or chokes on its call. */
export type Action = "" | "fail" | "answer" | "hold" | "stop reading";

export interface Ask {
  readonly group: string;
  readonly number: number;
  readonly text: string;
  readonly action: Action;
}

interface Said {
  readonly group?: string;
  readonly numbers?: readonly number[];
  readonly text?: string;
}

/** What the service tells of its calls, all of them together. */
export class CallsLog {
  readonly events: string[] = [];
  readonly #waiting = new Set<() => void>();

  add(event: string): void {
    this.events.push(event);
    for (const wake of this.#waiting) wake();
  }

  /** Resolves once the event is there so many times. */
  async seen(event: string, times = 1): Promise<void> {
    const isThere = () => this.events.filter((other) => other === event).length >= times;
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }
}

const failure = { code: 9, details: "no more of this" };

/** What calls of all kinds have. */
interface AnyCall {
  on(event: "cancelled", listener: () => void): unknown;
  readonly metadata: Metadata;
  sendMetadata(metadata: Metadata): void;
}

/**
 * A server whose four methods do what the messages say, and note it. The metadata `x-now` makes those that take streams
 * act before the first message.
 */
export function callsServer(log: CallsLog): Promise<Server> {
  /** Begins a call: its headers tell what the client's metadata said. */
  const begin = (call: AnyCall): void => {
    log.add("called");
    call.on("cancelled", () => log.add("cancelled"));
    const headers = new Metadata();
    headers.set("x-head", "head");
    for (const value of call.metadata.get("x-ask")) headers.add("x-heard", value);
    call.sendMetadata(headers);
  };
  const respond = (send: sendUnaryData<Said>, { action }: Partial<Ask>, said: Said): void => {
    if (action === "fail") send({ ...failure, metadata: tail() });
    else if (action !== "hold") send(null, said, tail());
  };
  const end = (call: ServerWritableStream<Ask, Said> | ServerDuplexStream<Ask, Said>): void =>
    void call.end(tail());
  const fail = (call: ServerWritableStream<Ask, Said> | ServerDuplexStream<Ask, Said>): void =>
    void call.emit("error", { ...failure, metadata: tail() });
  const handlers = {
    Unary(call: ServerUnaryCall<Ask, Said>, send: sendUnaryData<Said>) {
      begin(call);
      const { group, number, text } = call.request;
      log.add(`message ${number}`);
      respond(send, call.request, { group, numbers: [number], text });
    },
    // Answers `number` messages, and then does as it is told.
    ServerStream(call: ServerWritableStream<Ask, Said>) {
      begin(call);
      const { group, number, text, action } = call.request;
      log.add(`message ${number}`);
      for (let i = 1; i <= number; i++) call.write({ group, numbers: [i], text });
      if (action === "fail") fail(call);
      else if (action !== "hold") end(call);
    },
    ClientStream(call: ServerReadableStream<Ask, Said>, send: sendUnaryData<Said>) {
      begin(call);
      const now = call.metadata.get("x-now")[0];
      if (now !== undefined) {
        respond(send, { action: now as Action }, { text: "now" });
        return;
      }
      const numbers: number[] = [];
      let last: Partial<Ask> = {};
      let isHeld = false;
      call.on("data", (ask: Ask) => {
        log.add(`message ${ask.number}`);
        numbers.push(ask.number);
        last = ask;
        if (ask.action === "stop reading") call.pause();
        isHeld ||= ask.action === "hold";
        if (ask.action === "fail" || ask.action === "answer") respond(send, ask, { numbers });
      });
      call.on("end", () => {
        log.add("half-close");
        if (!isHeld) respond(send, {}, { group: last.group ?? "", numbers, text: last.text ?? "" });
      });
    },
    Bidi(call: ServerDuplexStream<Ask, Said>) {
      begin(call);
      const now = call.metadata.get("x-now")[0];
      if (now !== undefined) {
        if (now === "fail") fail(call);
        else end(call);
        return;
      }
      call.on("data", ({ group, number, text, action }: Ask) => {
        log.add(`message ${number}`);
        if (action === "stop reading") call.pause();
        else if (action === "fail") fail(call);
        else if (action === "answer") end(call);
        else if (!call.write({ group, numbers: [number], text })) {
          call.pause();
          call.once("drain", () => call.resume());
        }
      });
      call.on("end", () => {
        log.add("half-close");
        end(call);
      });
    },
  };
  return createServer({ proto: callsProto, services: { "calls.v1.Calls": handlers as never } });
}

function tail(): Metadata {
  const metadata = new Metadata();
  metadata.set("x-tail", "tail");
  return metadata;
}
