export { HpackError } from "./hpack/hpack-error.ts";
