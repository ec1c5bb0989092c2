let viewed: Uint8Array | undefined;
let view: DataView = new DataView(new ArrayBuffer(0));

/** A DataView of the bytes being read, made once per input and only if something needs it. */
export function viewOf(b: Uint8Array): DataView {
  if (b !== viewed) {
    view = new DataView(b.buffer, b.byteOffset, b.length);
    viewed = b;
  }
  return view;
}

/** Lets go of the last input. */
export function forgetView(): void {
  viewed = undefined;
}

/** The bytes as a Buffer, which shares them: one class of input keeps the element accesses of readers monomorphic. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
