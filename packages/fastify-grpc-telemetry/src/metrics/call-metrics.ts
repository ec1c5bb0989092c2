import { type CallEnd, Code } from "grpc-transcoding";
import { errorType } from "../semantics/faults.ts";
import { splitTiming } from "../timing/split-timing.ts";
import { PortCounts } from "./caller-counts.ts";
import { HttpLabels, type MeasuredRequest } from "./http-labels.ts";
import * as instruments from "./instruments.ts";
import { type DirectionCounts, MethodCounts } from "./method-counts.ts";
import type { Labels, MetricSink, Reading } from "./metric-sink.ts";

/** A call, by names that may stand in labels. */
export interface MeasuredCall {
  readonly port: PortCounts;
  /** Undefined where no method is called. */
  readonly method: string | undefined;
  /** `""` for none. */
  readonly tenant: string;
  /** Undefined for native calls. */
  readonly http: MeasuredRequest | undefined;
}

type Record = (value: number, labels: Labels) => void;

/** Measures the calls of an app's gateways, for all sinks at once. */
export class CallMetrics {
  readonly #httpDuration: Record;
  /** The same without the SDK: an instrumentation of HTTP measures the request for that. */
  readonly #ownHttpDuration: Record;
  readonly #serverDuration: Record;
  readonly #clientDuration: Record;
  readonly #oldServerDuration: Record | undefined;
  readonly #oldClientDuration: Record | undefined;
  readonly #httpLabels = new HttpLabels();
  readonly #ports: PortCounts[] = [];
  readonly #methods = new Map<string, MethodCounts>();

  constructor(sinks: readonly MetricSink[], withOldNames: boolean) {
    const record = (instrument: instruments.Instrument): Record =>
      inAll(sinks.map((sink) => sink.histogram(instrument)));
    const http = sinks.map((sink) => ({
      record: sink.histogram(instruments.httpDuration),
      isSdk: sink.isSdk,
    }));
    this.#httpDuration = inAll(http.map((one) => one.record));
    this.#ownHttpDuration = inAll(http.filter((one) => !one.isSdk).map((one) => one.record));
    this.#serverDuration = record(instruments.rpcServerDuration);
    this.#clientDuration = record(instruments.rpcClientDuration);
    if (withOldNames) {
      this.#oldServerDuration = record(instruments.oldRpcServerDuration);
      this.#oldClientDuration = record(instruments.oldRpcClientDuration);
    }
    for (const sink of sinks) this.#show(sink);
  }

  /** The counts of one protocol of a gateway. */
  port(gateway: string, protocol: "http" | "grpc"): PortCounts {
    const port = new PortCounts(gateway, protocol);
    this.#ports.push(port);
    return port;
  }

  message({ method }: MeasuredCall, direction: "in" | "out", bytes: number): void {
    const counts = this.#countsOf(method ?? "")[direction];
    counts.messages += 1;
    counts.bytes += bytes;
  }

  /** `isMeasured`: an instrumentation of HTTP measures the request for the SDK. */
  end({ http, method, port, tenant }: MeasuredCall, end: CallEnd, isMeasured: boolean): void {
    const { code, statusCode } = end;
    const seconds = (end.ended - end.began) / 1000;
    if (http !== undefined) {
      const labels = this.#httpLabels.get(http, code, statusCode);
      if (isMeasured) this.#ownHttpDuration(seconds, labels);
      else this.#httpDuration(seconds, labels);
    }
    if (method === undefined) return;
    const counts = this.#countsOf(method);
    if (http === undefined) {
      const isFault = errorType(code, undefined) !== undefined;
      this.#serverDuration(seconds, counts.rpcLabels(code, isFault));
      this.#oldServerDuration?.(seconds * 1000, counts.oldLabels(code));
    }
    port.ended(method, tenant, code);
    const { transcodeIn = 0, transcodeOut = 0 } = splitTiming(end);
    counts.in.seconds += transcodeIn / 1000;
    counts.out.seconds += transcodeOut / 1000;
  }

  /** An attempt on a transport has ended. */
  attempt(method: string, code: Code, milliseconds: number): void {
    const counts = this.#countsOf(method);
    this.#clientDuration(milliseconds / 1000, counts.rpcLabels(code, code !== Code.OK));
    this.#oldClientDuration?.(milliseconds, counts.oldLabels(code));
  }

  #countsOf(method: string): MethodCounts {
    let counts = this.#methods.get(method);
    if (counts === undefined) {
      counts = new MethodCounts(method);
      this.#methods.set(method, counts);
    }
    return counts;
  }

  #show(sink: MetricSink): void {
    const directed = (valueFor: (counts: DirectionCounts) => number) => (): Reading[] =>
      [...this.#methods.values()].flatMap((method) => [
        [method.in.labels, valueFor(method.in)],
        [method.out.labels, valueFor(method.out)],
      ]);
    sink.observe(instruments.calls, () => this.#ports.flatMap((port) => [...port.endedReadings()]));
    sink.observe(instruments.activeCalls, () => this.#ports.map((port) => port.activeReading()));
    sink.observe(
      instruments.messages,
      directed(({ messages }) => messages),
    );
    sink.observe(
      instruments.messageBytes,
      directed(({ bytes }) => bytes),
    );
    sink.observe(
      instruments.transcodeTime,
      directed(({ seconds }) => seconds),
    );
  }
}

function inAll(records: readonly Record[]): Record {
  const [only] = records;
  if (records.length === 1 && only !== undefined) return only;
  return (value, labels) => {
    for (const record of records) record(value, labels);
  };
}
