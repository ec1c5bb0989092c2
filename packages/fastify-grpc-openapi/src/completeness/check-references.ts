import type { OnFinding } from "../model/finding.ts";
import { type OpenApiDocument, referencedSchema } from "../model/openapi.ts";

/** Finds references to components that the document lacks, which options written by hand may have. */
export function checkReferences(document: OpenApiDocument, onFinding: OnFinding): void {
  const schemas = document.components.schemas ?? {};
  const reported = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      const name =
        key === "$ref" && typeof member === "string" ? referencedSchema(member) : undefined;
      if (name === undefined) visit(member);
      else if (!Object.hasOwn(schemas, name) && !reported.has(name)) {
        reported.add(name);
        const message = "the document refers to this component, but has none of that name";
        onFinding({ rule: "reference-unknown", level: "error", subject: name, message });
      }
    }
  };
  visit(document);
}
