/**
 * Writes at `q` of the output, where `room` bytes are free, what stands at `p` of the text, a value
 * without whitespace in front. Returns the output's end; the text's is in `position`. Throws for what it
 * does not take: Unusual, UnexpectedValue, JsonError or SyntaxError.
 */
export type Read = (b: Buffer, p: number, q: number, depth: number) => number;
