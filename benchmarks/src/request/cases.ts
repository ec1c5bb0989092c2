/** One request that every target answers with the body that it was sent. */
export interface Case {
  readonly name: string;
  readonly path: string;
  readonly body: string;
  /** Requests a round: enough for a tenth of a second or more. */
  readonly requests: number;
}

const row = (id: number) => ({
  id,
  name: `Customer number ${id}`,
  email: `customer.${id}@example.com`,
  price: id * 1.25,
  active: id % 3 !== 0,
  tags: ["retail", "newsletter", `region-${id % 7}`],
});

/** A few bytes, about 1 KB in 7 rows, and about 100 KB in 700. */
export const cases: readonly Case[] = [
  {
    name: "small (44 B)",
    path: "/v1/small",
    body: '{"text":"a note of a few words","count":123}',
    requests: 4000,
  },
  {
    name: "medium (1 KB)",
    path: "/v1/rows",
    body: JSON.stringify({ rows: Array.from({ length: 7 }, (_, i) => row(i + 1)) }),
    requests: 4000,
  },
  {
    name: "rows (100 KB)",
    path: "/v1/rows",
    body: JSON.stringify({ rows: Array.from({ length: 720 }, (_, i) => row(i + 1)) }),
    requests: 300,
  },
];
