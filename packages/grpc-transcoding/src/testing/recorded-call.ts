import type { MetadataEntries } from "../model/metadata.ts";
import type { Status } from "../model/status.ts";
import type { CallHandle, Transport, TransportCall } from "../model/transport.ts";

/** The methods of the probe service, and one that it lacks. */
export type ProbeMethod = "Unary" | "ClientStream" | "ServerStream" | "Bidi" | "Missing";

/** A call through a transport, with everything that was reported. */
export interface RecordedCall {
  readonly handle: CallHandle;
  /** Names of the reports in order: `headers`, `message`, `status`. */
  readonly reports: string[];
  readonly messages: string[];
  readonly headers: MetadataEntries | undefined;
  readonly status: Status;
  readonly trailers: MetadataEntries;
  readonly origin: string | undefined;
  /** Resolves with onStatus, once later reports would have come too. */
  readonly ended: Promise<void>;
  /** Resolves when `count` messages have come. */
  received(count: number): Promise<void>;
}

/** How to begin a {@link RecordedCall}; what is left out is a call without metadata or deadline. */
export interface RecordedCallOptions extends Partial<Omit<TransportCall, "method" | "timing">> {
  /** Asks for the next message whenever one has come. @default true */
  readonly reading?: boolean;
  /** Called inside the report. */
  readonly onMessage?: (bytes: Uint8Array, handle: CallHandle) => void;
}

/** Starts a call of the probe service and keeps what is reported. */
export function startCall(
  transport: Transport,
  kind: ProbeMethod,
  options: RecordedCallOptions = {},
): RecordedCall {
  const { reading = true, onMessage, ...call } = options;
  const reports: string[] = [];
  const messages: string[] = [];
  const waiting: { readonly count: number; readonly wake: () => void }[] = [];
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const recorded = { reports, messages, ended } as {
    -readonly [K in keyof RecordedCall]: RecordedCall[K];
  };
  let started = false;
  const report = (name: string) => {
    if (!started) throw new Error(`${name} was reported before start returned`);
    reports.push(name);
  };
  recorded.received = (count) =>
    new Promise((wake) => {
      if (messages.length >= count) wake();
      else waiting.push({ count, wake });
    });
  recorded.handle = transport.start(
    {
      method: {
        path: `/probe.Probe/${kind}`,
        clientStreaming: kind === "ClientStream" || kind === "Bidi",
        serverStreaming: kind === "ServerStream" || kind === "Bidi",
      },
      metadata: [],
      deadline: { at: Number.POSITIVE_INFINITY, source: "gateway" },
      peer: "192.0.2.7:4711",
      timing: {},
      ...call,
    },
    {
      onHeaders(headers) {
        report("headers");
        recorded.headers = headers;
      },
      onMessage(bytes) {
        report("message");
        messages.push(Buffer.from(bytes).toString());
        for (const { count, wake } of waiting) if (messages.length >= count) wake();
        onMessage?.(bytes, recorded.handle);
        if (reading) recorded.handle.read();
      },
      onStatus(status, trailers, origin) {
        report("status");
        recorded.status = status;
        recorded.trailers = trailers;
        recorded.origin = origin;
        setTimeout(end, 5);
      },
    },
  );
  started = true;
  if (reading) recorded.handle.read();
  return recorded;
}

/** One request message and its end; resolves with the outcome. */
export async function callUnary(
  transport: Transport,
  request: string | Uint8Array,
  options: RecordedCallOptions = {},
): Promise<RecordedCall> {
  const call = startCall(transport, "Unary", options);
  call.handle.send(Buffer.from(request));
  call.handle.halfClose();
  await call.ended;
  return call;
}
