// node --conditions=@fastify-grpc/source --import tsx test/json/differential/run.ts 100000 [seed]
import { compareMutatedJson, compareMutatedWire, compareNormal, compareValid } from "./compare.ts";
import { knownOfProtobufEs, knownOfProtobufjs } from "./known-disagreements.ts";

const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);

const comparisons = {
  "valid, protobuf-es": () => compareValid(count, seed),
  "as it is and in normal form": () => compareNormal(count, seed),
  "mutated JSON, protobuf-es": () =>
    compareMutatedJson(count, seed, "protobuf-es", knownOfProtobufEs),
  "mutated JSON, protobufjs": () =>
    compareMutatedJson(count, seed, "protobufjs", knownOfProtobufjs),
  "mutated bytes, protobufjs": () => compareMutatedWire(count, seed, knownOfProtobufjs),
};

for (const [name, compare] of Object.entries(comparisons)) {
  const found = compare();
  console.log(`${name}: ${count} inputs, ${found.length} disagreements`);
  for (const { input, what } of found.slice(0, 10)) {
    console.log(`  ${input.slice(0, 300)}\n    ${what.slice(0, 600)}`);
  }
  if (found.length > 0) process.exitCode = 1;
}
