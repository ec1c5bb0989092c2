import type { Schema } from "../model/schema.ts";
import { type SchemaOptions, schemaOfFilesInTurns } from "./create-schema.ts";
import { SchemaError } from "./schema-error.ts";
import type { FileSource } from "./source/compile-source.ts";
import { compileElsewhere } from "./source/compiler-thread.ts";
import { unpackFiles } from "./source/packed-files.ts";

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
  const files = await unpackFiles(compiled.files);
  return await schemaOfFilesInTurns(files, options, {
    ...(named !== undefined && { exposes: ({ file }) => named.has(file.proto.name) }),
    ...(imports !== undefined &&
      imports.size > 0 && { exposes: ({ file }) => !imports.has(file.proto.name) }),
    ...(paths !== undefined && { paths }),
  });
}
