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
