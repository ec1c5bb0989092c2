import {
  type DescMethod,
  type DescService,
  type FileRegistry,
  getExtension,
  hasExtension,
} from "@bufbuild/protobuf";
import type { SourceLocation } from "../model/schema.ts";
import { declarationProblem, type ReportProblem } from "./schema-error.ts";

/** By what options are read, and where it is told that one cannot be. */
export interface OptionContext {
  readonly registry: FileRegistry;
  /** Of the element. */
  readonly location: SourceLocation | undefined;
  readonly report: ReportProblem;
}

/**
 * The value of a custom option such as `"google.api.http"`, as @bufbuild/protobuf represents it by
 * the registry's own descriptor of the option; undefined when it is not set, or not known. Bytes that
 * are no such value are a problem.
 */
export function readOption(
  element: DescMethod | DescService,
  name: string,
  { registry, location, report }: OptionContext,
): unknown {
  const extension = registry.getExtension(name);
  const options = element.proto.options;
  if (extension === undefined || options === undefined) return undefined;
  try {
    return hasExtension(options, extension) ? getExtension(options, extension) : undefined;
  } catch (error) {
    const what = `(${name}): its bytes are no ${extension.message?.typeName ?? "value of its type"}: ${(error as Error).message}`;
    report(declarationProblem(fullName(element), location, what));
    return undefined;
  }
}

/** The name of a method or service in problems. */
export function fullName(element: DescMethod | DescService): string {
  return element.kind === "rpc" ? `${element.parent.typeName}.${element.name}` : element.typeName;
}
