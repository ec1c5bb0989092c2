import { setTimeout as wait } from "node:timers/promises";
import { steadyLoad } from "./steady-load.ts";
import { shopProto, tenantFiles } from "./tenant-files.ts";
import { startTenants } from "./tenants-process.ts";

const RELOADS = 100;
const PER_SECOND = 400;

/** A generation in which all is of one service: who answers, and the status of its failures. */
function generation(of: "first" | "second"): string {
  return `tenants:
  - id: shop
    prefix: /shop
    proto_path: ${of}
    upstream: ${of}
    errors: { codes: { NOT_FOUND: ${of === "first" ? 451 : 452} } }
`;
}

/** Reloads under load: whether requests fail, answers mix generations, and the heap comes back. */
export async function measureReloads(): Promise<void> {
  const files = tenantFiles();
  for (const of of ["first", "second"]) files.write(`${of}/shop.proto`, shopProto(50, of));
  files.write("tenants.yaml", generation("first"));
  const tenants = await startTenants(files.document);
  const paths = ["/shop/v1/who", "/shop/v1/who?ask=x"];
  const answers = new Map<string, number>();
  const reloads = async (count: number): Promise<void> => {
    const load = steadyLoad(tenants.port, paths, PER_SECOND);
    for (let i = 1; i <= count; i += 1) {
      files.write("tenants.yaml", generation(i % 2 === 0 ? "first" : "second"));
      if ((await tenants.tell("reload")) !== "effective") throw new Error("a reload was refused");
      await wait(50);
    }
    const result = await load.stop();
    for (const [answer, times] of result.answers) {
      const [, status, name] = /^(\d+) .*"(?:name|message)":"(\w+)"/.exec(answer) ?? [answer];
      const outcome = status === undefined ? answer : `${status} ${name}`;
      answers.set(outcome, (answers.get(outcome) ?? 0) + times);
    }
    while ((await tenants.tell("in-flight")) !== 0) await wait(10);
  };
  await reloads(RELOADS);
  const before = (await tenants.tell("heap")) as number;
  const cpuBefore = (await tenants.tell("cpu")) as number;
  const began = performance.now();
  await reloads(RELOADS);
  const seconds = (performance.now() - began) / 1000;
  const cpu = ((await tenants.tell("cpu")) as number) - cpuBefore;
  const after = (await tenants.tell("heap")) as number;
  tenants.child.kill();
  files.remove();
  const whole = ["200 first", "200 second", "451 first", "452 second"];
  const other = [...answers].filter(([answer]) => !whole.includes(answer));
  const total = [...answers.values()].reduce((sum, times) => sum + times, 0);
  const growth = (after / before - 1) * 100;
  console.log(`
tenants: ${RELOADS} reloads twice at ${PER_SECOND} requests a second
  requests                        ${total}
  failed, or of two generations   ${other.length} ${other.join(" ")}
  CPU of the second hundred       ${(cpu / 1e6).toFixed(1)} s in ${seconds.toFixed(1)} s
  heap before and after it        ${megabytes(before)}, ${megabytes(after)}   (${growth.toFixed(1)} %, allowed 5: ${growth <= 5 ? "kept" : "MISSED"})`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
