import type { DescField } from "@bufbuild/protobuf";

/** A set of field paths: fields that stand for themselves map to `true`, others to what is below them. */
export type FieldTree = Map<DescField, FieldTree | true>;

/** The tree of some field paths. A path that begins another stands for the whole. */
export function fieldTree(paths: Iterable<readonly DescField[]>): FieldTree {
  const root: FieldTree = new Map();
  for (const path of paths) {
    let tree = root;
    for (const [index, field] of path.entries()) {
      const below = tree.get(field);
      if (below === true) break;
      if (index === path.length - 1) {
        tree.set(field, true);
      } else {
        const next = below ?? new Map();
        tree.set(field, next);
        tree = next;
      }
    }
  }
  return root;
}
