// Writes src/bundled/bundled-protos.ts from proto/: text inside a module works in bundlers and needs
// no path at run time. Run `npm run embed-protos` after a change of proto/; a test compares.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The text of the module. */
export function embedProtos() {
  const protoDir = join(root, "proto");
  const names = readdirSync(protoDir, { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".proto"))
    .sort();
  const entries = names.map((name) => {
    const text = readFileSync(join(protoDir, name), "utf8").replaceAll("\r\n", "\n");
    return `  ${JSON.stringify(name)}: ${JSON.stringify(text)},\n`;
  });
  return [
    "// Written by scripts/embed-protos.mjs from proto/; edit there. A line for each file.\n",
    "// biome-ignore-all format: generated\n",
    "export const bundledProtos: Readonly<Record<string, string>> = {\n",
    ...entries,
    "};\n",
  ].join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, "src/bundled/bundled-protos.ts"), embedProtos());
}
