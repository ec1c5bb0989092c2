import type { Check } from "../../src/options/checks.ts";

type Kind = Check["kind"];
type Of<K extends Kind> = Extract<Check, { readonly kind: K }>;

/** Values of all sorts, most of them wrong for any option. */
const anything: readonly unknown[] = [
  null,
  true,
  false,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  0,
  1.5,
  1,
  2 ** 53,
  5n,
  "",
  "no such value",
  [],
  [""],
  ["x"],
  ["x", 5],
  ["x", null],
  {},
  { length: 1 },
  { noSuchMember: 1 },
  () => undefined,
  Symbol("x"),
  new Uint8Array(1),
];

/** Whether a check is to accept a value: said here once more, apart from the checks themselves. */
const legal: { readonly [K in Kind]: (check: Of<K>, value: unknown) => boolean } = {
  boolean: (_check, value) => value === true || value === false,
  bytes: (_check, value) => Object.prototype.toString.call(value) === "[object Uint8Array]",
  function: (_check, value) => typeof value === "function",
  positive: (_check, value) => typeof value === "number" && value > 0,
  oneOf: ({ values }, value) => values.some((one) => one === value),
  text: ({ pattern }, value) => typeof value === "string" && value.search(pattern) >= 0,
  wholeNumber({ range: { least, most = 2 ** 53 - 1, none } }, value) {
    if (typeof value !== "number" || !Number.isInteger(value)) return false;
    return value === none || !(value < least || value > most);
  },
  list: ({ entry, least }, value) =>
    Array.isArray(value) && value.length >= least && !value.some((one) => !isLegal(entry, one)),
  having: ({ members }, value) =>
    isPlain(value) && !Object.keys(members).some((name) => typeof value[name] !== members[name]),
  shape: ({ members, optional }, value) =>
    isPlain(value) &&
    !Object.keys(members).some((name) => !isLegal(members[name] as Check, value[name])) &&
    !Object.keys(optional).some(
      (name) => value[name] !== undefined && !isLegal(optional[name] as Check, value[name]),
    ),
  record({ members }, value) {
    const [first = ""] = Object.keys(members);
    if (!isPlain(value) || !(first in value)) return false;
    return Object.keys(value).every((name) => {
      const member = members[name];
      return member !== undefined && isLegal(member, value[name]);
    });
  },
  members: ({ members, required }, value) =>
    isPlain(value) &&
    !required.some((name) => value[name] === undefined) &&
    !Object.keys(value).some((name) => {
      const member = members[name];
      return member === undefined || (value[name] !== undefined && !isLegal(member, value[name]));
    }),
  map: ({ key, entry }, value) =>
    isPlain(value) &&
    !Object.keys(value).some((name) => !isLegal(key, name) || !isLegal(entry, value[name])),
  anyOf: ({ checks }, value) => checks.some((check) => isLegal(check, value)),
};

/** Values at the edges of what a check accepts. */
const edges: { readonly [K in Kind]: (check: Of<K>) => readonly unknown[] } = {
  boolean: () => ["true", 1],
  bytes: () => [new ArrayBuffer(1)],
  function: () => [{ call: 1 }],
  positive: () => [0.1, 0, "1"],
  oneOf: ({ values }) => [
    ...values,
    ...values.flatMap((value) => [value.toUpperCase(), `${value} `, [value]]),
  ],
  text: () => ["x", "/x", ["x"], "http://x"],
  wholeNumber: ({ range: { least, most, none } }) => [
    least,
    least - 1,
    least + 0.5,
    String(least),
    ...(most === undefined ? [] : [most, most + 1]),
    ...(none === undefined ? [] : [none, none - 1]),
  ],
  list({ entry, least }) {
    const entries = valuesFor(entry);
    const right = entries.find((value) => isLegal(entry, value));
    return [
      Array(least).fill(right),
      Array(Math.max(0, least - 1)).fill(right),
      [right, right],
      // A value where a list of one is meant.
      right,
      ...entries.map((value) => [right, value]),
    ];
  },
  having({ members }) {
    const whole = Object.fromEntries(
      Object.entries(members).map(([name, type]) => [name, stubs[type]]),
    );
    return [whole, ...Object.keys(members).map((name) => ({ ...whole, [name]: 5 }))];
  },
  shape({ members, optional }) {
    const right = (checks: Readonly<Record<string, Check>>): object =>
      Object.fromEntries(
        Object.entries(checks).map(([name, check]) => [
          name,
          valuesFor(check).find((value) => isLegal(check, value)),
        ]),
      );
    const least = right(members);
    const whole = { ...least, ...right(optional) };
    return [
      least,
      whole,
      { ...whole, oneMore: 1 },
      Object.create(whole),
      ...Object.entries({ ...members, ...optional }).flatMap(([name, check]) =>
        [...valuesFor(check), undefined].map((value) => ({ ...whole, [name]: value })),
      ),
    ];
  },
  record({ members }) {
    const [first = "", ...rest] = Object.entries(members).map(([name, check]) => ({ name, check }));
    if (first === "") return [];
    const right = valuesFor(first.check).find((value) => isLegal(first.check, value));
    const whole = { [first.name]: right };
    return [
      whole,
      { ...whole, noSuchMember: 1 },
      ...valuesFor(first.check).map((value) => ({ [first.name]: value })),
      ...rest.flatMap(({ name, check }) =>
        valuesFor(check).map((value) => ({ ...whole, [name]: value })),
      ),
    ];
  },
  members({ members, required }) {
    const right = Object.entries(members).map(([name, check]) => ({
      name,
      value: valuesFor(check).find((value) => isLegal(check, value)),
    }));
    const whole = Object.fromEntries(right.map(({ name, value }) => [name, value]));
    return [
      whole,
      { ...whole, noSuchMember: 1 },
      Object.fromEntries(required.map((name) => [name, whole[name]])),
      ...Object.entries(members).flatMap(([name, check]) =>
        [...valuesFor(check), undefined].map((value) => ({ ...whole, [name]: value })),
      ),
    ];
  },
  map({ key, entry }) {
    const names = [...valuesFor(key), "a.B", "a.B.C", "a.*", "*"];
    const legalNames = names.filter((name) => typeof name === "string" && isLegal(key, name));
    const value = valuesFor(entry).find((one) => isLegal(entry, one));
    return [
      ...names.map((name) => ({ [String(name)]: value })),
      ...valuesFor(entry).map((one) => ({ [String(legalNames[0])]: one })),
      Object.fromEntries(legalNames.map((name) => [name, value])),
    ];
  },
  anyOf: ({ checks }) => checks.flatMap((check) => edges[check.kind](check as never)),
};

const stubs = { function: () => undefined, object: {}, string: "x" };

/** Whether a check is to accept a value. */
export function isLegal(check: Check, value: unknown): boolean {
  return legal[check.kind](check as never, value);
}

/** Right and wrong values for a check, all sorts and those at its edges. */
export function valuesFor(check: Check): readonly unknown[] {
  return [...anything, ...edges[check.kind](check as never)];
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
