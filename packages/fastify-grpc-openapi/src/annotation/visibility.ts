import type { AnyDesc, JsonObject } from "@bufbuild/protobuf";
import type { Annotations } from "./annotations.ts";

const extensions: Partial<Record<AnyDesc["kind"], string>> = {
  service: "google.api.api_visibility",
  rpc: "google.api.method_visibility",
  message: "google.api.message_visibility",
  field: "google.api.field_visibility",
  enum: "google.api.enum_visibility",
  enum_value: "google.api.value_visibility",
};

/** Whether readers may see a declaration. */
export type IsVisible = (desc: AnyDesc) => boolean;

/**
 * The filter by `google.api.VisibilityRule` (google/api/visibility.proto): shown without a rule, or
 * when one of the rule's comma-separated labels is selected. `"all"` shows everything.
 */
export function visibilityFilter(
  annotations: Annotations,
  selected: readonly string[] | "all",
): IsVisible {
  if (selected === "all") return () => true;
  const labels = new Set(selected);
  return (desc) => {
    const extension = extensions[desc.kind];
    if (extension === undefined) return true;
    const rule = annotations.read(desc, extension) as JsonObject | undefined;
    if (typeof rule?.restriction !== "string" || rule.restriction === "") return true;
    return rule.restriction.split(",").some((label) => labels.has(label.trim()));
  };
}
