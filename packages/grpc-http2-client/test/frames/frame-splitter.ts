/** A frame as it was received. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Cuts what a socket receives into frames, after as many bytes as its preface has. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #skip: number;

  constructor(prefaceBytes = 0) {
    this.#skip = prefaceBytes;
  }

  push(chunk: Buffer): Frame[] {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    const bytes = Buffer.concat([this.#rest, chunk.subarray(skipped)]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      frames.push({
        type: bytes[at + 3] as number,
        flags: bytes[at + 4] as number,
        stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
        payload: bytes.subarray(at + 9, end),
      });
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}
