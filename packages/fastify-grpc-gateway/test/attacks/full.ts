// `npm run test:attacks`: every attack at full length, ours beside bare node:http2 in the same run.
import { runMatrix } from "./full-matrix.ts";
import { runScenarios } from "./full-scenarios.ts";

/** How many streams the bursts of resets open in all. */
const streams = Number(process.env.ATTACK_STREAMS ?? 500_000);
/** How many calls of each kind end in each way. */
const calls = Number(process.env.ATTACK_CALLS ?? 10_000);
/** How long each attack of the matrix lasts, in milliseconds. */
const attackMs = Number(process.env.ATTACK_MS ?? 3_000);
/** Only what has this in its name. */
const only = process.argv[2] ?? "";
// A run that hangs is a failure as well.
const limitMs = 25 * 60_000;

const started = performance.now();
const timer = setTimeout(() => {
  console.error("not done in 25 minutes");
  process.exit(1);
}, limitMs);

console.log(`Node ${process.version}, servers ${process.env.ATTACKED_NODE ?? "the same"}\n`);
const verdicts = [
  ...(await runMatrix(only, attackMs)),
  ...(await runScenarios(only, { streams, calls })),
];
clearTimeout(timer);
const failed = verdicts.filter((passed) => !passed).length;
const seconds = Math.round((performance.now() - started) / 1_000);
console.log(`\n${verdicts.length - failed} passed, ${failed} failed in ${seconds} s`);
process.exitCode = failed > 0 || verdicts.length === 0 ? 1 : 0;
