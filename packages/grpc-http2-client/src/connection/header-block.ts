import { ConnectionError } from "../frame/connection-error.ts";
import { ErrorCode } from "../frame/protocol.ts";

// Compressed, a list of the announced size is never larger; each frame costs, empty ones too.
const maxBlockBytes = 131_072;
const maxFrames = 32;

/** A header block that comes in several frames. */
export class HeaderBlock {
  streamId = 0;
  endsStream = false;
  private parts: Buffer[] = [];
  private size = 0;

  /** Keeps a copy of a part. Throws a {@link ConnectionError} where the block is too large. */
  add(bytes: Buffer, start: number, end: number): void {
    this.size += end - start;
    if (this.size > maxBlockBytes || this.parts.length === maxFrames) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "an endless header block");
    }
    this.parts.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** The block, which is whole. */
  take(): Buffer {
    const block = Buffer.concat(this.parts);
    this.parts = [];
    this.size = 0;
    return block;
  }
}
