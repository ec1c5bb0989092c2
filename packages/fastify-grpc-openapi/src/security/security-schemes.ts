import { isDeepStrictEqual } from "node:util";
import type { HttpBinding } from "grpc-transcoding";
import type { DocumentSource } from "../context/document-context.ts";
import type { OnFinding } from "../model/finding.ts";

/** Security Scheme Objects by name. */
export type SecuritySchemes = Readonly<Record<string, unknown>>;

/**
 * The schemes of a document: what its author wrote, and those that the policies of the gateway demand for the bindings.
 * Where one name stands for two schemes, the author's or else the first holds, and a finding says so.
 */
export function withPolicySchemes(
  own: SecuritySchemes | undefined,
  bindings: readonly HttpBinding[],
  policies: DocumentSource["policies"] = [],
  onFinding: OnFinding,
): SecuritySchemes | undefined {
  const schemes: Record<string, unknown> = { ...own };
  const conflicts = new Set<string>();
  for (const method of new Set(bindings.map((binding) => binding.method))) {
    for (const { name, scheme } of policies.flatMap((policy) => policy.security?.(method) ?? [])) {
      schemes[name] ??= scheme;
      if (!isSameScheme(schemes[name], scheme)) conflicts.add(name);
    }
  }
  for (const name of conflicts) {
    const other = own !== undefined && Object.hasOwn(own, name) ? "the document" : "another policy";
    onFinding({
      rule: "security-scheme-conflict",
      level: "error",
      subject: `components.securitySchemes.${name}`,
      message: `a policy demands a scheme of this name that ${other} describes otherwise; give them two names`,
    });
  }
  return Object.keys(schemes).length === 0 ? undefined : schemes;
}

/** Whether clients authenticate alike by both, whatever is said of it. */
export function isSameScheme(one: unknown, other: unknown): boolean {
  const { description: _one, ...a } = one as Record<string, unknown>;
  const { description: _other, ...b } = other as Record<string, unknown>;
  return isDeepStrictEqual(a, b);
}
