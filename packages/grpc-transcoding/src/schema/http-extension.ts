import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { bundledFile } from "../bundled/bundled-file.ts";

/** Field of MethodOptions that carries the http rule (google/api/annotations.proto). */
const httpRuleField = 72295728;

/**
 * Adds the bundled annotations to files that have rules but no extension to read them by. Imports do
 * not tell: a file that imports the annotations publicly for others may itself be absent.
 */
export function withHttpExtension(
  files: readonly FileDescriptorProto[],
): readonly FileDescriptorProto[] {
  if (files.some(declaresHttp) || !files.some(hasRules)) return files;
  const annotations = bundledFile("google/api/annotations.proto");
  return annotations === undefined ? files : [...files, annotations];
}

function declaresHttp({ package: scope, extension }: FileDescriptorProto): boolean {
  return scope === "google.api" && extension.some(({ name }) => name === "http");
}

function hasRules({ service }: FileDescriptorProto): boolean {
  const options = service.flatMap(({ method }) => method.map((rpc) => rpc.options));
  return options.some((one) => one?.$unknown?.some(({ no }) => no === httpRuleField));
}
