/** The frame types of RFC 9113 §6, by name. */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** The flags of RFC 9113 §6; ACK and END_STREAM are the same bit. */
export const flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** The settings of RFC 9113 §6.5.2, by name. */
export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const preface: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A frame by hand, right or wrong. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([header, payload]);
}

/** A SETTINGS frame of identifiers and values. */
export function settingsFrame(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  return frame(frameType.settings, 0, 0, settingsPayload(pairs));
}

export const settingsAck: Buffer = frame(frameType.settings, flag.ack, 0, Buffer.alloc(0));

/** The 32-bit payload of WINDOW_UPDATE and RST_STREAM. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function settingsPayload(pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  return Buffer.concat(
    pairs.map(([id, value]) => {
      const bytes = Buffer.alloc(6);
      bytes.writeUInt16BE(id);
      bytes.writeUInt32BE(value >>> 0, 2);
      return bytes;
    }),
  );
}
