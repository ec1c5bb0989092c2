/** A fixed sequence of pseudo-random numbers (mulberry32), so that runs are alike. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const words = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike".split(
  " ",
);
const hanWords = "云计算 数据库 服务器 网络安全 人工智能 操作系统 分布式存储 容器编排".split(" ");

type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;
const int = (random: Random, below: number): number => Math.floor(random() * below);

function sentence(random: Random, from: readonly string[], count: number): string {
  return Array.from({ length: count }, () => pick(random, from)).join(" ");
}

function timestamp(random: Random): string {
  return new Date(1.6e12 + int(random, 1e11)).toISOString();
}

/** A resource as cloud APIs have them, about 860 bytes with all fields. `optional`: fields come and go. */
function medium(random: Random, from: readonly string[] = words, optional = 0): object {
  const all = {
    name: `projects/${pick(random, words)}/things/${int(random, 1e6)}`,
    displayName: sentence(random, from, 3),
    description: sentence(random, from, 12),
    version: int(random, 1000),
    sizeBytes: String(int(random, 2 ** 40)),
    checksum: String(2n ** 63n + BigInt(int(random, 2 ** 50))),
    enabled: random() < 0.5,
    score: random() * 100,
    ratio: int(random, 1000) / 1000,
    state: pick(random, ["STATE_ACTIVE", "STATE_SUSPENDED"]),
    createTime: timestamp(random),
    updateTime: timestamp(random),
    ttl: `${int(random, 100000)}s`,
    labels: { env: pick(random, from), team: pick(random, from), zone: pick(random, words) },
    tags: [pick(random, from), pick(random, from), pick(random, words)],
    counts: [int(random, 100), int(random, 10000), int(random, 1e6), 5],
    address: {
      street: sentence(random, from, 2),
      city: pick(random, from),
      zipCode: String(int(random, 99999)),
      latitude: random() * 90,
      longitude: random() * 180,
    },
    items: Array.from({ length: 2 }, () => ({
      sku: pick(random, words) + int(random, 1000),
      quantity: int(random, 50),
      priceMicros: String(int(random, 1e9)),
    })),
    note: sentence(random, from, 2),
    quota: String(int(random, 1e6)),
    etag: Buffer.from(String(int(random, 1e9))).toString("base64"),
    user: pick(random, words),
  };
  return Object.fromEntries(Object.entries(all).filter(() => random() >= optional));
}

function node(random: Random, depth: number): object {
  const children = depth === 0 ? [] : Array.from({ length: 3 }, () => node(random, depth - 1));
  return {
    id: `node-${int(random, 1e6)}`,
    title: sentence(random, words, 4),
    weight: int(random, 1000),
    open: random() < 0.5,
    ...(children.length > 0 ? { children } : {}),
  };
}

/** One kind of message with several values, through which the benchmark goes in turn. */
export interface Shape {
  readonly name: string;
  readonly type: string;
  readonly values: readonly object[];
}

const variants = 16;

function shape(name: string, type: string, make: (random: Random) => object): Shape {
  const random = createRandom(name.length * 7919);
  return {
    name,
    type: `bench.codec.${type}`,
    values: Array.from({ length: variants }, () => make(random)),
  };
}

export const shapes: readonly Shape[] = [
  shape("small", "Small", (random) => ({ name: pick(random, words), id: int(random, 100) })),
  shape("medium", "Medium", (random) => medium(random)),
  shape("medium, varying", "Medium", (random) => medium(random, words, 0.3)),
  shape("plain tree", "Node", (random) => node(random, 3)),
  shape("large", "Large", (random) => ({
    items: Array.from({ length: 100 }, () => medium(random)),
    nextPageToken: "token",
  })),
  shape("large, CJK", "Large", (random) => ({
    items: Array.from({ length: 100 }, () => medium(random, hanWords)),
    nextPageToken: "token",
  })),
];

const typeCount = 300;
const fieldTypes = ["string", "int32", "bool", "double", "int64", "State", "Address", "string"];

/**
 * The source of a file with hundreds of message types, and a root that holds one of each. The names are such
 * that all libraries make the same JSON names of them.
 */
export function manyTypesProto(): string {
  const random = createRandom(3);
  const messages = Array.from({ length: typeCount }, (_, i) => {
    const fields = Array.from({ length: 8 }, (_, n) => {
      const type = pick(random, fieldTypes);
      return `  ${n === 7 ? "repeated " : ""}${type} t${i}f${n} = ${n + 1};`;
    });
    return `message Type${i} {\n${fields.join("\n")}\n}`;
  });
  const members = messages.map((_, i) => `  Type${i} type${i} = ${i + 1};`);
  return [
    'syntax = "proto3";',
    "package bench.codec;",
    'import "shapes.proto";',
    ...messages,
    `message ManyTypes {\n${members.join("\n")}\n}`,
  ].join("\n");
}

/** Values of the root of {@link manyTypesProto}. */
export function manyTypesShape(proto: string): Shape {
  const make: Record<string, (random: Random) => unknown> = {
    string: (random) => sentence(random, words, 2),
    int32: (random) => int(random, 10000),
    bool: () => true,
    double: (random) => int(random, 100) / 4,
    int64: (random) => String(int(random, 1e12)),
    State: () => "STATE_ACTIVE",
    Address: (random) => ({ street: pick(random, words), city: "x", zipCode: "1", latitude: 1.5 }),
  };
  const fields = [...proto.matchAll(/^ {2}(repeated )?(\w+) t(\d+)f(\d+) =/gm)];
  return shape("many types", "ManyTypes", (random) => {
    const root: Record<string, Record<string, unknown>> = {};
    for (const [, repeated, type, i, n] of fields) {
      const value = (make[type as string] as (random: Random) => unknown)(random);
      const message = root[`type${i}`] ?? {};
      message[`t${i}f${n}`] = repeated === undefined ? value : [value, value];
      root[`type${i}`] = message;
    }
    return root;
  });
}
