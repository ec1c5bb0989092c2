const quote = 34;
const backslash = 92;
const step = 2;

/** JSON text of one line with line breaks and two blanks a level. Its values stay as they are written. */
export function prettyJson(text: Uint8Array): Buffer {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  const source = Buffer.from(text.buffer, text.byteOffset, text.length);
  const take = (to: number): void => {
    if (to > from) parts.push(source.toString("utf8", from, to));
  };
  const breakLine = (): void => void parts.push(`\n${" ".repeat(depth * step)}`);
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === quote) {
      at = stringEnd(source, at);
      continue;
    }
    const kind = kinds.get(character as number);
    if (kind === undefined) continue;
    if (kind === "open") {
      take(at + 1);
      from = at + 1;
      const isEmpty = kinds.get(source[at + 1] as number) === "close";
      depth += 1;
      if (!isEmpty) breakLine();
    } else if (kind === "close") {
      const isEmpty = kinds.get(source[at - 1] as number) === "open" && from === at;
      take(at);
      from = at;
      depth -= 1;
      if (!isEmpty) breakLine();
    } else {
      take(at + 1);
      from = at + 1;
      if (kind === "colon") parts.push(" ");
      else breakLine();
    }
  }
  take(source.length);
  return Buffer.from(parts.join(""));
}

const kinds: ReadonlyMap<number, "open" | "close" | "comma" | "colon"> = new Map([
  [123, "open"],
  [91, "open"],
  [125, "close"],
  [93, "close"],
  [44, "comma"],
  [58, "colon"],
]);

/** Where a string's closing quote stands. */
function stringEnd(source: Uint8Array, open: number): number {
  let at = open + 1;
  while (source[at] !== quote) at += source[at] === backslash ? 2 : 1;
  return at;
}
