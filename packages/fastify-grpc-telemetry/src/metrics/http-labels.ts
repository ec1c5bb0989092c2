import { type Code, codeName } from "grpc-transcoding";
import {
  ERROR_TYPE,
  HTTP_REQUEST_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS_CODE,
  URL_SCHEME,
} from "../semantics/conventions.ts";
import { errorType } from "../semantics/faults.ts";
import type { Labels } from "./metric-sink.ts";

/** A request of HTTP, by names that may stand in labels. */
export interface MeasuredRequest {
  readonly method: string;
  readonly scheme: string;
  /** The path template; undefined where no binding has the request. */
  readonly route: string | undefined;
}

interface Made {
  readonly method: string;
  readonly scheme: string;
  readonly code: Code;
  readonly labels: Labels;
}

/** The labels of requests, each made once. */
export class HttpLabels {
  readonly #made = new Map<string | undefined, Map<number | undefined, Made[]>>();

  get({ method, scheme, route }: MeasuredRequest, code: Code, status: number | undefined): Labels {
    const known = this.#of(route, status);
    for (const made of known) {
      if (made.code === code && made.method === method && made.scheme === scheme)
        return made.labels;
    }
    // A client that has gone got no status.
    const error = errorType(code, status) ?? (status === undefined ? codeName(code) : undefined);
    const labels = {
      [HTTP_REQUEST_METHOD]: method,
      [URL_SCHEME]: scheme,
      ...(route !== undefined && { [HTTP_ROUTE]: route }),
      ...(status !== undefined && { [HTTP_STATUS_CODE]: status }),
      ...(error !== undefined && { [ERROR_TYPE]: error }),
    };
    known.push({ method, scheme, code, labels });
    return labels;
  }

  #of(route: string | undefined, status: number | undefined): Made[] {
    let statuses = this.#made.get(route);
    if (statuses === undefined) {
      statuses = new Map();
      this.#made.set(route, statuses);
    }
    let made = statuses.get(status);
    if (made === undefined) {
      made = [];
      statuses.set(status, made);
    }
    return made;
  }
}
