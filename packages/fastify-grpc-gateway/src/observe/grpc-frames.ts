const headBytes = 5;

/**
 * Reads the lengths of gRPC's messages out of a stream's chunks, however they are cut: one byte of flags and four of the
 * length before each (PROTOCOL-HTTP2.md, Length-Prefixed-Message). Calls back with each message's bytes when its head is there.
 */
export function frameReader(onMessage: (bytes: number) => void): (chunk: Uint8Array) => void {
  let head = 0;
  let length = 0;
  let rest = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (rest > 0) {
        const step = Math.min(rest, chunk.length - at);
        rest -= step;
        at += step;
        continue;
      }
      const byte = chunk[at] as number;
      at += 1;
      // Not by shifts: a length may have 32 bits.
      if (head > 0) length = length * 256 + byte;
      head += 1;
      if (head < headBytes) continue;
      onMessage(length);
      rest = length;
      head = 0;
      length = 0;
    }
  };
}
