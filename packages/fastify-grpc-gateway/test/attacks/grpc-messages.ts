/** A message as gRPC frames it; the length may lie. */
export function grpcMessage(bytes: Buffer, length: number = bytes.length, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

/** `attacked.v1.Text`, for texts under 128 bytes. */
export function textMessage(text: string): Buffer {
  return Buffer.from([0x0a, text.length, ...Buffer.from(text, "latin1")]);
}

/** `attacked.v1.SlowRequest` or `attacked.v1.FloodRequest`: one number as field 1. */
export function numberMessage(value: number): Buffer {
  const bytes = [8];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
