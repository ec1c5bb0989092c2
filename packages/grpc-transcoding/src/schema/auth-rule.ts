import { type DescField, type DescMethod, type DescService, ScalarType } from "@bufbuild/protobuf";
import { type FieldPath, FieldPathError, resolveFieldPath } from "../model/field-path.ts";
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

function readClaim(desc: DescMethod, path: string, claim: readonly string[]): ClaimField | string {
  const [first, ...rest] = claim;
  if (first === undefined) return 'claim: is missing; name the claim, for example "sub"';
  let field: FieldPath;
  try {
    field = resolveFieldPath(desc.input, path);
  } catch (error) {
    if (error instanceof FieldPathError) return `field: ${JSON.stringify(path)} ${error.message}`;
    throw error;
  }
  // What is appended to a message must replace what the client sent there, and nothing else.
  if (field.fields.some((step) => step.oneof !== undefined)) {
    return `field: ${JSON.stringify(path)} is in a oneof, of which the client may have sent another field`;
  }
  const last = field.fields.at(-1) as DescField;
  const isText = last.fieldKind === "scalar" && last.scalar !== ScalarType.BYTES;
  if (!isText && last.fieldKind !== "enum") {
    return `field: ${JSON.stringify(path)} must be a string, bool, number or enum, and not repeated`;
  }
  if (field.fields.some((step) => step.fieldKind === "message" && step.delimitedEncoding)) {
    return `field: ${JSON.stringify(path)} goes through a group`;
  }
  return { field, claim: [first, ...rest] };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
