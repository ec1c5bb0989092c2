import type { RequestParts } from "../request-layout.ts";

const noText = Buffer.alloc(0);

/** The parts of the request that is being read. */
export let body: Buffer = noText;
export let values: RequestParts["values"] = [];
export let fields: RequestParts["fields"] = {};
/** The bound fields that the body contradicts. */
export const conflicts: Set<number> = new Set();

/** Sets them. */
export function setParts(text: Buffer, request: RequestParts): void {
  body = text;
  values = request.values;
  fields = request.fields;
  if (conflicts.size > 0) conflicts.clear();
}

/** Lets go of the body. */
export function forgetBody(): void {
  body = noText;
}
