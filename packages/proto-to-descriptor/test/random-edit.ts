const WORDS =
  "message enum service rpc returns stream option optional required repeated map group oneof extend extensions reserved to max import public weak package syntax edition default json_name string int32 bool bytes true false inf nan -1 0 1 2 100 19000 536870911 0x10 017 1.5 1e5 \"a\" 'b' { } [ ] ( ) < > = ; , . - + / // /* */ # \\ packed lazy deprecated (options.file_policy) allow_alias map_entry message_set_wire_format java_package optimize_for SPEED features export local A a_b aB".split(
    " ",
  );
const TOKEN = /[A-Za-z_]\w*|\d[\w.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\s+|[\s\S]/g;

/** A generator of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}

/** Makes one or two small changes: tokens dropped, doubled, moved, replaced, or a byte in one. */
export function randomEdit(text: string, random: () => number): string {
  const tokens: string[] = text.match(TOKEN) ?? [";"];
  const index = (): number => Math.floor(random() * tokens.length);
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] as string;
  const edits = 1 + Math.floor(random() * 2);
  for (let i = 0; i < edits; i++) {
    const at = index();
    switch (Math.floor(random() * 7)) {
      case 0:
        tokens.splice(at, 1);
        break;
      case 1:
        tokens.splice(at, 0, ` ${word()} `);
        break;
      case 2:
        tokens[at] = word();
        break;
      case 3:
        tokens.splice(at, 0, tokens[index()] ?? ";");
        break;
      case 4:
        tokens[at] = tokens[index()] ?? ";";
        break;
      case 5: {
        const bytes = [...(tokens[at] ?? " ")];
        const byte = String.fromCharCode(Math.floor(random() * 256));
        bytes.splice(Math.floor(random() * bytes.length), 1, byte);
        tokens[at] = bytes.join("");
        break;
      }
      default: {
        const cut = tokens.splice(at, Math.floor(random() * 30));
        tokens.splice(index(), 0, ...cut);
      }
    }
  }
  return tokens.join("");
}
