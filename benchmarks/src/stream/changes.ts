import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundledProto, createJsonCodec, createSchema } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";

export const streamProto: string = fileURLToPath(
  new URL("../../proto/stream.proto", import.meta.url),
);

/** How many messages one stream has. */
export const COUNT = 1000;

const change = (i: number) => ({
  name: `documents/${i}/revisions/${i % 17}`,
  text: "A line of text that somebody has changed, and nobody else has seen yet.",
  version: i,
  deleted: i % 5 === 0,
  tags: ["draft", `team-${i % 7}`],
});

/** The messages as the JSON of one line each, without its end. */
export const lines: readonly Buffer[] = Array.from({ length: COUNT }, (_, i) =>
  Buffer.from(JSON.stringify(change(i + 1))),
);

/** The same messages as protobuf bytes. */
export function messages(): readonly Buffer[] {
  const schema = createSchema(
    compile({
      files: ["stream.proto"],
      includeDirs: [],
      readFile: (name) =>
        name === "stream.proto" ? readFileSync(streamProto, "utf8") : bundledProto(name),
    }),
  );
  const codec = createJsonCodec(schema.registry, {
    naming: "json",
    emit: "implicit",
    enums: "name",
    unknownFields: "reject",
  });
  const message = schema.registry.getMessage("bench.v1.Change");
  if (message === undefined) throw new Error("bench.v1.Change is missing");
  return lines.map(codec.textToWire(message));
}
