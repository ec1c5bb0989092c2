import type { DescService } from "@bufbuild/protobuf";
import type { Schema } from "../model/schema.ts";
import { type SchemaOptions, schemaOfFilesInTurns } from "./create-schema.ts";
import { SchemaError } from "./schema-error.ts";
import type { FileSource } from "./source/compile-source.ts";
import { compileElsewhere } from "./source/compiler-thread.ts";
import { unpackFiles } from "./source/packed-files.ts";
import { Turns } from "./turns.ts";

/**
 * `loadSchema` for an app that serves meanwhile: sources are compiled in another thread, the schema is made in several
 * turns of the event loop. Throws a {@link SchemaError} with every problem.
 */
export async function loadSchemaInTurns(
  source: FileSource,
  options: SchemaOptions = {},
): Promise<Schema> {
  const compiled = await compileElsewhere(source);
  if ("problems" in compiled) throw new SchemaError(compiled.problems);
  const { named, imports, paths } = compiled;
  const turns = new Turns();
  const files = await unpackFiles(compiled.files, turns);
  const origin = {
    isChecked: true,
    ...(named !== undefined && { exposes: ({ file }: DescService) => named.has(file.proto.name) }),
    ...(imports !== undefined &&
      imports.size > 0 && { exposes: ({ file }: DescService) => !imports.has(file.proto.name) }),
    ...(paths !== undefined && { paths }),
  };
  return await schemaOfFilesInTurns(files, options, origin, turns);
}
