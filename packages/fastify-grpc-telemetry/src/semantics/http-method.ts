import { OTHER } from "./conventions.ts";

const known: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/** A method as `http.request.method` has it: one of HTTP's own, else `_OTHER`. */
export function httpMethodLabel(method: string): string {
  return known.has(method) ? method : OTHER;
}
