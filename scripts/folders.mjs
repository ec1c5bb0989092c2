// Reads the imports of each package's src: no folder may import another in a circle (a file that stands directly
// in src counts as a folder of its own, and so do folders within a folder), and the picture in ARCHITECTURE.md is
// drawn from them. `--write` draws it; without, a picture that is not the imports' is an error.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, "ARCHITECTURE.md");
const begin = "<!-- folders: drawn by scripts/folders.mjs --write -->";
const end = "<!-- /folders -->";
const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/** The files that a file imports, types included. */
function importsOf(file) {
  const text = readFileSync(file, "utf8");
  return Array.from(text.matchAll(importPattern), ([, path]) => resolve(dirname(file), path));
}

/** What stands directly in a folder, with the edges between: `Map<from, Map<to, file>>`. */
function graphOf(folder, files) {
  const graph = new Map();
  for (const file of files) {
    const from = relative(folder, file).split(sep)[0];
    if (!graph.has(from)) graph.set(from, new Map());
    for (const target of importsOf(file)) {
      const path = relative(folder, target);
      const [to] = path.split(sep);
      if (to !== ".." && to !== from) graph.get(from).set(to, relative(root, file));
    }
  }
  return graph;
}

/** The names that a name reaches, by one step or more. */
function reachedFrom(graph, start) {
  const reached = new Set();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const next of graph.get(name)?.keys() ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}

function circlesOf(graph, isNode) {
  const circles = [];
  for (const [from, edges] of graph) {
    for (const [to, file] of edges) {
      const isCircle = isNode(from) && isNode(to) && reachedFrom(graph, to).has(from);
      if (isCircle) circles.push(`${from} -> ${to} (${file})`);
    }
  }
  return circles;
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function foldersIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Within a folder, its files serve its folders and call them: only the folders are told apart there. */
function circlesIn(src) {
  const found = circlesOf(graphOf(src, filesIn(src)), () => true);
  for (const folder of foldersIn(src)) {
    const graph = graphOf(folder, filesIn(folder));
    found.push(...circlesOf(withoutFiles(graph), () => true));
  }
  return found;
}

function withoutFiles(graph) {
  const isFolder = (name) => !name.endsWith(".ts");
  const folders = [...graph].filter(([name]) => isFolder(name));
  return new Map(
    folders.map(([name, edges]) => [name, new Map([...edges].filter(([to]) => isFolder(to)))]),
  );
}

/** The folders of a package, each below those that it imports; of those it names the highest ones. */
function drawPackage(name, src) {
  const graph = withoutFiles(graphOf(src, filesIn(src)));
  const reached = new Map([...graph.keys()].map((folder) => [folder, reachedFrom(graph, folder)]));
  const order = [...graph.keys()].sort(
    (a, b) => reached.get(a).size - reached.get(b).size || a.localeCompare(b),
  );
  const width = Math.max(...order.map((folder) => folder.length));
  const lines = order.map((folder) => {
    const direct = [...graph.get(folder).keys()];
    const highest = direct.filter((one) => !direct.some((other) => reached.get(other).has(one)));
    return `  ${folder.padEnd(width)}${highest.length > 0 ? ` -> ${highest.sort().join(", ")}` : ""}`;
  });
  return [name, ...lines.map((line) => line.trimEnd())].join("\n");
}

const packages = readdirSync(join(root, "packages")).map((name) => ({
  name,
  src: join(root, "packages", name, "src"),
}));
const circles = packages.flatMap(({ name, src }) =>
  circlesIn(src).map((circle) => `${name}: ${circle}`),
);
for (const circle of circles) console.error(`folders import each other in a circle: ${circle}`);
if (circles.length > 0) process.exit(1);

const picture = packages.map(({ name, src }) => drawPackage(name, src)).join("\n\n");
const text = readFileSync(page, "utf8");
const [before, rest] = text.split(begin);
const after = rest?.split(end)[1];
if (after === undefined) throw new Error(`ARCHITECTURE.md lacks ${begin} or ${end}`);
const drawn = `${before}${begin}\n\n\`\`\`\n${picture}\n\`\`\`\n\n${end}${after}`;
if (process.argv.includes("--write")) {
  writeFileSync(page, drawn);
} else if (drawn !== text) {
  console.error(
    "The picture of folders in ARCHITECTURE.md is not that of the imports: node scripts/folders.mjs --write",
  );
  process.exit(1);
}
