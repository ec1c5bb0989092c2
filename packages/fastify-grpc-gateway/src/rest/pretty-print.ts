import type { HttpBinding } from "grpc-transcoding";
import { splitQuery } from "./query-options.ts";

const name = "pretty";
const names: ReadonlySet<string> = new Set([name]);

/** Whether a client wants to read a response itself: `?pretty`, `?pretty=true`. */
export interface PrettyPrint {
  withoutPretty(query: string): string;
  isPretty(query: string): boolean;
}

/** Compiles the parameter of a binding; undefined where its requests have a field of this name. */
export function compilePrettyPrint({ method }: HttpBinding): PrettyPrint | undefined {
  if (method.input.fields.some((field) => field.jsonName === name)) return undefined;
  return {
    withoutPretty: (query) => (query.includes(name) ? splitQuery(query, names).rest : query),
    isPretty(query) {
      if (!query.includes(name)) return false;
      const last = splitQuery(query, names).values.at(-1);
      return last !== undefined && last !== "false" && last !== "0";
    },
  };
}
