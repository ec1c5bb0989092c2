import { type DescField, type DescMethod, type DescService, ScalarType } from "@bufbuild/protobuf";
import type { AuthRule, ClaimField } from "../model/schema.ts";
import { fullName, type OptionContext, readOption } from "./read-option.ts";
import { declarationProblem } from "./schema-error.ts";

/** An AuthRule of whatever kind the user's copy of the file has it: every member may be absent or of another type. */
type RawRule = Readonly<Record<string, unknown>>;

/** Who may call, as one annotation says. */
type Audience = Pick<AuthRule, "scopes" | "anonymous">;

// What an annotation asks for and cannot have is a problem of the schema: it must not pass for no rule.

/** Who may call the methods of a service that say nothing themselves, by `(fastify.grpc.v1.service).auth`. */
export function readServiceAudience(desc: DescService, context: OptionContext): Audience {
  return audienceOf(rawRule(desc, "service", context), desc, "service", context);
}

/** Who may call a method, by `(fastify.grpc.v1.method).auth`; `shared` where that says nothing of it. */
export function readAuthRule(desc: DescMethod, shared: Audience, context: OptionContext): AuthRule {
  const own = rawRule(desc, "method", context);
  const said = audienceOf(own, desc, "method", context);
  const isSaid = said.scopes !== undefined || said.anonymous !== undefined;
  return { ...(isSaid ? said : shared), claims: readClaims(own, desc, context) };
}

function rawRule(
  desc: DescMethod | DescService,
  target: "method" | "service",
  context: OptionContext,
): RawRule {
  // Bytes that are no rule are told by whoever reads the errors.
  const silent = { ...context, report: () => {} };
  const rule = Object(readOption(desc, `fastify.grpc.v1.${target}`, silent)) as RawRule;
  return Object(rule.auth) as RawRule;
}

function audienceOf(
  rule: RawRule,
  desc: DescMethod | DescService,
  target: "method" | "service",
  context: OptionContext,
): Audience {
  const report = (what: string): void =>
    context.report(
      declarationProblem(
        fullName(desc),
        context.location,
        `(fastify.grpc.v1.${target}).auth.${what}`,
      ),
    );
  const texts = textsOf(rule.scopes);
  const scopes = texts.map((text) => text.split(" ").filter((scope) => scope !== ""));
  const anonymous = typeof rule.anonymous === "boolean" ? rule.anonymous : undefined;
  for (const [i, all] of scopes.entries()) {
    if (all.length === 0 || !all.every(isScope)) {
      report(`scopes[${i}]: ${JSON.stringify(texts[i])} is no scope (RFC 6749, section 3.3)`);
    }
  }
  if (anonymous === true && scopes.length > 0) {
    report("anonymous: a call without a token has no scopes; leave out one of them");
  }
  return { scopes: scopes.length === 0 ? undefined : scopes, anonymous };
}

/** RFC 6749, section 3.3: `scope-token`. */
function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}

function readClaims(rule: RawRule, desc: DescMethod, context: OptionContext): ClaimField[] {
  const claims: ClaimField[] = [];
  const list: readonly unknown[] = Array.isArray(rule.claims) ? rule.claims : [];
  for (const [i, raw] of list.entries()) {
    const { field, claim } = Object(raw) as RawRule;
    const read = readClaim(desc, String(field ?? ""), textsOf(claim));
    if (typeof read === "object") claims.push(read);
    else {
      const place = `(fastify.grpc.v1.method).auth.claims[${i}].${read}`;
      context.report(declarationProblem(fullName(desc), context.location, place));
    }
  }
  return claims;
}

function readClaim(desc: DescMethod, name: string, claim: readonly string[]): ClaimField | string {
  const [first, ...rest] = claim;
  if (first === undefined) return 'claim: is missing; name the claim, for example "sub"';
  const wrong = (what: string): string => `field: ${JSON.stringify(name)} ${what}`;
  const field = desc.input.fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    const names = desc.input.fields.map((one) => one.name).join(", ");
    return wrong(`is not a field of ${desc.input.typeName} (fields: ${names || "none"})`);
  }
  // What is put at the end of a message must replace what the client sent there, and nothing else.
  if (field.oneof !== undefined) {
    return wrong("is in a oneof, of which the client may have sent another field");
  }
  if (!isPlain(field)) {
    return wrong("must be a string, bool, number or enum, or a list of them");
  }
  const group = desc.input.fields.find(
    (one) => "delimitedEncoding" in one && one.delimitedEncoding,
  );
  if (group !== undefined) return wrong(`stands beside the group "${group.name}"`);
  return { field, claim: [first, ...rest] };
}

function isPlain(field: DescField): boolean {
  if (field.fieldKind === "enum") return true;
  if (field.fieldKind === "scalar") return field.scalar !== ScalarType.BYTES;
  if (field.fieldKind !== "list" || field.listKind === "message") return false;
  return field.listKind === "enum" || field.scalar !== ScalarType.BYTES;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
