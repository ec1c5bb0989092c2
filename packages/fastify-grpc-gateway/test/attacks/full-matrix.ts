import { attackMatrix, judge, type Measurement, measure } from "./matrix.ts";

const sizes = { streams: 20_000, sockets: 2_000, slowReaders: 50, bombBytes: 60_000_000 };

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

const cells = (of: (measured: Measurement) => string, ours: Measurement, bare: Measurement) =>
  `${of(ours).padStart(7)} | ${of(bare).padEnd(7)}`;

/** Runs the attacks with that text in their name, prints a line for each, and answers which passed. */
export async function runMatrix(only: string, ms: number): Promise<readonly boolean[]> {
  const attacks = attackMatrix(sizes).filter(({ name }) => name.includes(only));
  if (attacks.length === 0) return [];
  console.log(
    `${"attack".padEnd(38)} slowest ms        RSS MB            heap MB        ours | bare`,
  );
  const verdicts: boolean[] = [];
  let goals = 0;
  for (const attack of attacks) {
    const bare = await measure({ kind: "bare" }, attack, ms);
    const ours = await measure({ kind: "gateway" }, attack, ms);
    const { broken, goal } = judge(ours, bare);
    verdicts.push(broken.length === 0);
    if (goal) goals += 1;
    console.log(
      attack.name.padEnd(36),
      cells(({ honest }) => String(honest.slowestMs), ours, bare),
      cells(({ rssGrowth }) => megabytes(rssGrowth), ours, bare),
      cells(({ heapGrowth }) => megabytes(heapGrowth), ours, bare),
      broken.length === 0 ? "ok  " : "FAIL",
      goal ? "goal" : "",
      broken.join(", "),
    );
  }
  console.log(`goal for memory reached in ${goals} of ${attacks.length}\n`);
  return verdicts;
}
