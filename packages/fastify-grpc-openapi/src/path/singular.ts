const irregular: Readonly<Record<string, string>> = {
  children: "child",
  people: "person",
  indices: "index",
  matrices: "matrix",
  vertices: "vertex",
  movies: "movie",
  cookies: "cookie",
  series: "series",
  news: "news",
  caches: "cache",
};

const endings: readonly (readonly [RegExp, string])[] = [
  [/(us|is|ss)$/, "$1"],
  [/(l|ea)ves$/, "$1f"],
  [/(kni|wi)ves$/, "$1fe"],
  [/ies$/, "y"],
  [/(ss|sh|ch|x|tus|bus|rus)es$/, "$1"],
  [/s$/, ""],
];

/** The singular of a collection's name in a path, as AIP-122 forms the variable: `shelves` to `shelf`. */
export function singular(word: string): string {
  const [, head = "", last = word] = /^(.*?)([A-Z]?[a-z]+)$/.exec(word) ?? [];
  const known = irregular[last.toLowerCase()];
  if (known !== undefined) {
    return head + (/^[A-Z]/.test(last) ? known.charAt(0).toUpperCase() + known.slice(1) : known);
  }
  const ending = endings.find(([pattern]) => pattern.test(last));
  return ending === undefined ? word : head + last.replace(ending[0], ending[1]);
}
