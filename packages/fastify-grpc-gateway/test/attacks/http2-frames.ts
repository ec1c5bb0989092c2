/** What a client of HTTP/2 sends first (RFC 9113 section 3.4). */
export const preface: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** RFC 9113 section 6. */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flags = { none: 0, endStream: 1, ack: 1, endHeaders: 4 } as const;

const nothing = Buffer.alloc(0);

/** One frame as section 4.1 lays it out. Nothing keeps it from being wrong: that is its purpose. */
export function frame(
  type: number,
  flag: number,
  streamId: number,
  payload: Buffer = nothing,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flag;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const cancel = uint32(8);

export function resetFrame(streamId: number): Buffer {
  return frame(frameType.rstStream, flags.none, streamId, cancel);
}

/** The largest payload that every receiver takes (section 4.2). */
export const maxPayload = 16_384;

/** A request's headers, with a CONTINUATION where they do not fit into one frame. */
export function headersFrame(streamId: number, block: Buffer, flag: number = flags.none): Buffer {
  if (block.length <= maxPayload) {
    return frame(frameType.headers, flags.endHeaders | flag, streamId, block);
  }
  const frames = [frame(frameType.headers, flag, streamId, block.subarray(0, maxPayload))];
  for (let at = maxPayload; at < block.length; at += maxPayload) {
    const last = at + maxPayload >= block.length ? flags.endHeaders : flags.none;
    const payload = block.subarray(at, at + maxPayload);
    frames.push(frame(frameType.continuation, last, streamId, payload));
  }
  return Buffer.concat(frames);
}

export function dataFrame(streamId: number, payload: Buffer, flag: number = flags.none): Buffer {
  return frame(frameType.data, flag, streamId, payload);
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  return frame(frameType.windowUpdate, flags.none, streamId, uint32(increment));
}

/** SETTINGS with SETTINGS_INITIAL_WINDOW_SIZE alone. */
export function windowSettings(size: number): Buffer {
  return frame(
    frameType.settings,
    flags.none,
    0,
    Buffer.concat([Buffer.from([0, 4]), uint32(size)]),
  );
}
