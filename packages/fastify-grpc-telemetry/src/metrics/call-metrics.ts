import { type CallEnd, type Code, codeName } from "grpc-transcoding";
import {
  ERROR_TYPE,
  GATEWAY_DIRECTION,
  GATEWAY_NAME,
  GATEWAY_PROTOCOL,
  GATEWAY_TENANT,
  HTTP_REQUEST_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS_CODE,
  OLD_RPC_SERVICE,
  OLD_RPC_STATUS_CODE,
  OLD_RPC_SYSTEM,
  RPC_METHOD,
  RPC_STATUS_CODE,
  RPC_SYSTEM_NAME,
  URL_SCHEME,
} from "../semantics/conventions.ts";
import { errorType } from "../semantics/faults.ts";
import { splitTiming } from "../timing/split-timing.ts";
import * as instruments from "./instruments.ts";
import { LabelSets } from "./label-sets.ts";
import type { Labels, MetricSink, Reading } from "./metric-sink.ts";

/** A call, by names that may stand in labels. */
export interface MeasuredCall {
  readonly gateway: string;
  readonly protocol: "http" | "grpc";
  /** Undefined where no method is called. */
  readonly method: string | undefined;
  /** `""` for none. */
  readonly tenant: string;
  /** Of a request of HTTP. */
  readonly http:
    | { readonly method: string; readonly scheme: string; readonly route: string | undefined }
    | undefined;
}

type Record = (value: number, labels: Labels) => void;

/** Measures calls, for one sink. */
export class CallMetrics {
  readonly #httpDuration: Record;
  readonly #serverDuration: Record;
  readonly #clientDuration: Record;
  readonly #oldServerDuration: Record | undefined;
  readonly #oldClientDuration: Record | undefined;
  readonly #transcoding: Record;
  readonly #sizes: Record;
  readonly #sets = new LabelSets();
  readonly #ended = new Map<Labels, number>();
  readonly #active = new Map<Labels, number>();

  constructor(sink: MetricSink, withOldNames: boolean) {
    this.#httpDuration = sink.histogram(instruments.httpDuration);
    this.#serverDuration = sink.histogram(instruments.rpcServerDuration);
    this.#clientDuration = sink.histogram(instruments.rpcClientDuration);
    if (withOldNames) {
      this.#oldServerDuration = sink.histogram(instruments.oldRpcServerDuration);
      this.#oldClientDuration = sink.histogram(instruments.oldRpcClientDuration);
    }
    this.#transcoding = sink.histogram(instruments.transcodeDuration);
    this.#sizes = sink.histogram(instruments.messageSize);
    sink.observe(instruments.calls, () => this.#ended as Iterable<Reading>);
    sink.observe(instruments.activeCalls, () => this.#active as Iterable<Reading>);
  }

  begin(call: MeasuredCall): void {
    this.#addActive(call, 1);
  }

  message({ method = "" }: MeasuredCall, direction: "in" | "out", bytes: number): void {
    this.#sizes(bytes, this.#directed(direction, method));
  }

  /** `isMeasured`: an instrumentation of HTTP measures the request already, for the same sink. */
  end(call: MeasuredCall, end: CallEnd, isMeasured: boolean): void {
    const { http, method } = call;
    const seconds = (end.ended - end.began) / 1000;
    this.#addActive(call, -1);
    if (http === undefined) this.#measureServer(call, end.code, seconds);
    else if (!isMeasured) this.#httpDuration(seconds, this.#httpLabels(http, end));
    if (method === undefined) return;
    const ended = this.#callLabels(call, method, end.code);
    this.#ended.set(ended, (this.#ended.get(ended) ?? 0) + 1);
    const { transcodeIn, transcodeOut } = splitTiming(end);
    if (transcodeIn !== undefined) {
      this.#transcoding(transcodeIn / 1000, this.#directed("in", method));
    }
    if (transcodeOut !== undefined) {
      this.#transcoding(transcodeOut / 1000, this.#directed("out", method));
    }
  }

  /** An attempt on a transport has ended. */
  attempt(method: string, code: Code, milliseconds: number): void {
    this.#clientDuration(milliseconds / 1000, this.#rpcLabels(method, code, code !== 0));
    this.#oldClientDuration?.(milliseconds, this.#oldLabels(method, code));
  }

  #measureServer({ method = "" }: MeasuredCall, code: Code, seconds: number): void {
    const isFault = errorType(code, undefined) !== undefined;
    this.#serverDuration(seconds, this.#rpcLabels(method, code, isFault));
    this.#oldServerDuration?.(seconds * 1000, this.#oldLabels(method, code));
  }

  #addActive({ gateway, protocol }: MeasuredCall, change: number): void {
    const labels = this.#sets.get(`active ${gateway} ${protocol}`, () => ({
      [GATEWAY_NAME]: gateway,
      [GATEWAY_PROTOCOL]: protocol,
    }));
    this.#active.set(labels, (this.#active.get(labels) ?? 0) + change);
  }

  #directed(direction: "in" | "out", method: string): Labels {
    return this.#sets.get(`${direction} ${method}`, () => ({
      [GATEWAY_DIRECTION]: direction,
      [RPC_METHOD]: method,
    }));
  }

  #rpcLabels(method: string, code: Code, isError: boolean): Labels {
    const name = codeName(code);
    return this.#sets.get(`rpc ${isError} ${name} ${method}`, () => ({
      [RPC_SYSTEM_NAME]: "grpc",
      [RPC_METHOD]: method,
      [RPC_STATUS_CODE]: name,
      ...(isError && { [ERROR_TYPE]: name }),
    }));
  }

  #oldLabels(method: string, code: Code): Labels {
    const slash = method.indexOf("/");
    return this.#sets.get(`old ${code} ${method}`, () => ({
      [OLD_RPC_SYSTEM]: "grpc",
      [OLD_RPC_SERVICE]: method.slice(0, Math.max(0, slash)),
      [RPC_METHOD]: method.slice(slash + 1),
      [OLD_RPC_STATUS_CODE]: code,
    }));
  }

  #callLabels({ gateway, protocol, tenant }: MeasuredCall, method: string, code: Code): Labels {
    const name = codeName(code);
    return this.#sets.get(`call ${gateway} ${protocol} ${name} ${method} ${tenant}`, () => ({
      [GATEWAY_NAME]: gateway,
      [GATEWAY_PROTOCOL]: protocol,
      ...(tenant !== "" && { [GATEWAY_TENANT]: tenant }),
      [RPC_METHOD]: method,
      [RPC_STATUS_CODE]: name,
    }));
  }

  #httpLabels(
    { method, scheme, route }: NonNullable<MeasuredCall["http"]>,
    { code, statusCode }: CallEnd,
  ): Labels {
    // A client that has gone got no status.
    const error = errorType(code, statusCode) ?? (statusCode === undefined ? codeName(code) : "");
    return this.#sets.get(`http ${method} ${statusCode} ${scheme} ${error} ${route}`, () => ({
      [HTTP_REQUEST_METHOD]: method,
      [URL_SCHEME]: scheme,
      ...(route !== undefined && { [HTTP_ROUTE]: route }),
      ...(statusCode !== undefined && { [HTTP_STATUS_CODE]: statusCode }),
      ...(error !== "" && { [ERROR_TYPE]: error }),
    }));
  }
}
