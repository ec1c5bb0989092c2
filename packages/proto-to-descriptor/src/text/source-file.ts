/**
 * The text of one `.proto` file. One character per byte (Latin-1), as protoc sees it: offsets and
 * columns count bytes, V8 keeps the text in one-byte strings, and bytes that are no UTF-8 survive.
 */
export interface SourceFile {
  /** Import name, such as `google/api/http.proto`. */
  readonly name: string;
  readonly text: string;
  /** Tabs make a column differ from the distance to the start of the line. */
  readonly hasTabs: boolean;
}

const NON_ASCII = /[^\0-\x7f]/;
const TAB_WIDTH = 8;

export function createSourceFile(name: string, content: string | Uint8Array): SourceFile {
  const text =
    typeof content !== "string"
      ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1")
      : NON_ASCII.test(content)
        ? Buffer.from(content, "utf8").toString("latin1")
        : content;
  return { name, text, hasTabs: text.includes("\t") };
}

/** Turns a slice of a {@link SourceFile} (one character per byte) into the text it stands for. */
export function decodeUtf8(bytes: string): string {
  return NON_ASCII.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

/** Zero-based column of `offset` in the line that starts at `lineStart`; a tab stops at 8. */
export function columnAt(source: SourceFile, lineStart: number, offset: number): number {
  if (!source.hasTabs) return offset - lineStart;
  let column = 0;
  for (let i = lineStart; i < offset; i++) {
    column += source.text.charCodeAt(i) === 9 ? TAB_WIDTH - (column % TAB_WIDTH) : 1;
  }
  return column;
}

/** 1-based line and column of a byte offset. Scans the text: for messages only. */
export function positionAt(source: SourceFile, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const newline = source.text.indexOf("\n", lineStart);
    if (newline < 0 || newline >= offset) break;
    lineStart = newline + 1;
    line++;
  }
  return { line, column: columnAt(source, lineStart, offset) + 1 };
}
