import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";
import {
  type DocumentPath,
  type DocumentPlace,
  type DocumentProblem,
  documentError,
  type PlacedProblem,
} from "./document-problem.ts";

// A document is read as a whole, several times.
const maxLength = 8 * 1024 * 1024;

/** A document as it was written: its value, and where each part of it stands. */
export interface ParsedDocument {
  readonly value: unknown;
  /** The place of a member's value, or of its name; of the nearest part above where there is none. */
  placeOf(path: DocumentPath, atKey?: boolean): DocumentPlace;
  /** A scalar as it was written: `0123` of the number 123. */
  sourceOf(path: DocumentPath): string | undefined;
  placed(problem: DocumentProblem): PlacedProblem;
}

/**
 * Parses YAML 1.2, and so JSON. Throws FST_GRPC_TENANTS_DOCUMENT with all problems; warnings are problems, since an
 * unknown tag would silently become a text.
 */
export function parseTenantsDocument(text: string, file: string): ParsedDocument {
  if (text.length > maxLength) {
    const message = `the document is longer than ${maxLength} characters`;
    throw documentError([{ file, line: 1, column: 1, message }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): DocumentPlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    throw documentError(
      problems.map(({ pos, message }) => ({ ...placeAt(pos[0]), message: sentence(message) })),
    );
  }
  const placeOf = (path: DocumentPath, atKey = false): DocumentPlace =>
    placeAt(offsetOf(document, path, atKey));
  return {
    value: plainValue(document, placeAt(0)),
    placeOf,
    sourceOf(path) {
      const { node, depth } = walk(document, path);
      return depth === path.length && isScalar(node) ? node.source : undefined;
    },
    placed: ({ path, atKey, message }) => ({ ...placeOf(path, atKey), message }),
  };
}

/** The aliases of a "billion laughs" are refused here. */
function plainValue(document: Document, top: DocumentPlace): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw documentError([{ ...top, message: (error as Error).message }]);
  }
}

interface Walked {
  /** The deepest node on the path that is there. */
  readonly node: Node | undefined;
  /** How many parts of the path lead to it. */
  readonly depth: number;
  /** The last member on the way to it. */
  readonly pair: Pair | undefined;
}

function walk(document: Document, path: DocumentPath): Walked {
  let node = document.contents as Node | null;
  let pair: Pair | undefined;
  for (const [depth, part] of path.entries()) {
    const at = isAlias(node) ? node.resolve(document) : node;
    let next: unknown;
    let nextPair: Pair | undefined;
    if (isMap(at)) {
      nextPair = at.items.find(({ key }) => String(isScalar(key) ? key.value : key) === part);
      next = nextPair?.value;
    } else if (isSeq(at) && typeof part === "number") {
      next = at.items[part];
    }
    if (nextPair === undefined && next === undefined) {
      return { node: node ?? undefined, depth, pair };
    }
    pair = nextPair;
    if (!isNode(next)) return { node: undefined, depth: depth + 1, pair };
    node = next;
  }
  return { node: node ?? undefined, depth: path.length, pair };
}

function offsetOf(document: Document, path: DocumentPath, atKey: boolean): number {
  const { node, depth, pair } = walk(document, path);
  const key = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  if (atKey && depth === path.length && key !== undefined) return key;
  return node?.range?.[0] ?? key ?? 0;
}

/** The first line of a message of the parser. */
function sentence(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
