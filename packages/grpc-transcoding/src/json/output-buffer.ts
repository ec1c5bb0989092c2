/**
 * The one buffer that both directions of the codec write into; a call ends by copying its part out.
 * Importers read these live bindings anew after anything that may write, since `grow` replaces them.
 */
export let bytes: Buffer = Buffer.allocUnsafeSlow(1 << 16);
export let view: DataView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
export let capacity: number = bytes.length;

/** Free bytes that every writer finds when it is called: enough for a tag and any scalar but strings. */
export const room = 64;

/** A buffer that one large message has grown beyond this is given back afterwards. */
const keepBytes = 1 << 20;

let inUse = false;

/** The buffer of a call that was interrupted by a nested one. */
interface Interrupted {
  readonly bytes: Buffer;
}

/** Makes space for `needed` bytes (and {@link room}) behind the `used` first ones, which are kept. */
export function grow(used: number, needed: number): void {
  const larger = Buffer.allocUnsafeSlow(Math.max(capacity * 2, used + needed + room));
  bytes.copy(larger, 0, 0, used);
  install(larger);
}

/**
 * Starts a call at position 0. Values may have getters that call the codec again: the nested call
 * gets a buffer of its own. Every `acquire` is followed by `release` with what it returned.
 */
export function acquire(): Interrupted | undefined {
  if (!inUse) {
    inUse = true;
    return undefined;
  }
  const interrupted = { bytes };
  install(Buffer.allocUnsafeSlow(4096));
  return interrupted;
}

/** Ends a call, also one that threw. */
export function release(interrupted: Interrupted | undefined): void {
  if (interrupted !== undefined) {
    install(interrupted.bytes);
    return;
  }
  inUse = false;
  if (capacity > keepBytes) install(Buffer.allocUnsafeSlow(1 << 16));
}

/** Up to here a loop copies faster than the call into native code. */
const shortLength = 64;

/** A copy of the first `length` bytes. */
export function copyOutput(length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  if (length > shortLength) {
    bytes.copy(copy, 0, 0, length);
  } else {
    const from = bytes;
    for (let i = 0; i < length; i++) copy[i] = from[i] as number;
  }
  return copy;
}

function install(buffer: Buffer): void {
  bytes = buffer;
  view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  capacity = buffer.length;
}
