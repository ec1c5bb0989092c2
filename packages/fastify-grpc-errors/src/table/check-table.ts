import {
  type Code,
  codeName,
  type ErrorBodyFormat,
  type ErrorCondition,
  type ErrorDeclaration,
  type ErrorOutcome,
} from "grpc-transcoding";
import { isFieldValue, memberPath, quote, type ReadOption } from "grpc-transcoding/internal";
import { FST_GRPC_ERRORS_HEADER } from "../errors.ts";
import { read } from "../option/read.ts";
import { readMethodPattern } from "./method-pattern.ts";
import { readCode, readReason, readStatus, readTexts } from "./option-value.ts";
import { presets } from "./preset.ts";
import type { MethodPattern, Rule } from "./rule.ts";
import { refuseDuplicates } from "./rule-overlap.ts";

/** An error table whose every option was checked. */
export interface CheckedTable {
  /** Rules, entries of `codes` and of the preset, in no particular order. */
  readonly rules: readonly Rule[];
  /** gRPC code by HTTP status. */
  readonly http: ReadonlyMap<number, Code>;
  readonly body: ErrorBodyFormat | "auto";
  readonly debug: boolean;
  readonly maskInternal: boolean;
  readonly domain: string;
  /** Undefined: unknown, so that a tenant of a rule cannot be checked. */
  readonly tenants: ReadonlySet<string> | undefined;
  readonly declarations: readonly MethodDeclarations[];
}

/** The errors that `methods` declares under one key. */
export interface MethodDeclarations {
  readonly path: string;
  readonly method: MethodPattern;
  readonly errors: readonly ErrorDeclaration[];
}

/** The options of a table; everything else is an unknown key. */
export const tableKeys: readonly string[] = [
  "preset",
  "codes",
  "rules",
  "http",
  "body",
  "debug",
  "maskInternal",
  "domain",
  "tenants",
  "methods",
];

/** Checks everything of a table that can be judged without the app's methods. Throws `FST_GRPC_ERRORS_*`. */
export function checkTable(config: unknown): CheckedTable {
  const table = read.object(config, "", tableKeys);
  const given = <T>(key: string, readMember: ReadOption<T>, otherwise: T): T =>
    read.optional(table[key], key, readMember) ?? otherwise;
  const preset = given("preset", (v, p) => read.choice(v, p, ["google", "rest"]), "google");
  const tenants = given<ReadonlySet<string> | undefined>(
    "tenants",
    (v, p) => new Set(readTexts(v, p)),
    undefined,
  );
  const codes = given("codes", checkCodes, []);
  const rules = given("rules", (v, p) => read.list(v, p, checkRule), []);
  refuseDuplicates([...codes, ...rules]);
  return {
    rules: [...rules, ...codes, ...presets[preset]],
    http: given("http", checkHttp, new Map()),
    body: given(
      "body",
      (v, p) => read.choice(v, p, ["status", "google", "problem", "auto"]),
      "status",
    ),
    debug: given("debug", read.boolean, false),
    maskInternal: given("maskInternal", read.boolean, true),
    domain: given("domain", read.text, ""),
    tenants,
    declarations: given("methods", checkDeclarations, []),
  };
}

function checkCodes(value: unknown, path: string): readonly Rule[] {
  return Object.entries(read.object(value, path)).map(([key, status]) => {
    const at = memberPath(path, key);
    return {
      path: at,
      preset: false,
      code: readCode(key, at),
      outcome: { status: readStatus(status, at) },
    };
  });
}

function checkRule(value: unknown, path: string): Rule {
  const rule = read.object(value, path, ["when", "then"]);
  return {
    path,
    preset: false,
    ...checkCondition(rule.when, `${path}.when`),
    outcome: checkOutcome(rule.then, `${path}.then`),
  };
}

function checkCondition(value: unknown, path: string): Omit<Rule, "path" | "preset" | "outcome"> {
  const keys: (keyof ErrorCondition)[] = ["tenant", "method", "domain", "reason", "detail", "code"];
  const { tenant, method, domain, reason, detail, code } = read.object(value, path, keys);
  const condition = {
    ...(tenant !== undefined && { tenant: read.text(tenant, `${path}.tenant`) }),
    ...(method !== undefined && { method: readMethodPattern(method, `${path}.method`) }),
    ...(domain !== undefined && { domain: read.text(domain, `${path}.domain`) }),
    ...(reason !== undefined && { reason: readReason(reason, `${path}.reason`) }),
    ...(detail !== undefined && { detail: checkDetail(detail, `${path}.detail`) }),
    ...(code !== undefined && { code: readCode(code, `${path}.code`) }),
  };
  if (Object.keys(condition).length === 0) {
    throw read.refusal(path, value, `give at least one of ${keys.join(", ")}`);
  }
  return condition;
}

function checkDetail(value: unknown, path: string): string {
  const name = read.text(value, path);
  if (/^(?:\w+\.)*\w+$/.test(name)) return name;
  throw read.refusal(path, value, 'give the full name of a message, as "google.rpc.BadRequest"');
}

function checkOutcome(value: unknown, path: string): ErrorOutcome {
  const keys: (keyof ErrorOutcome)[] = ["status", "message", "headers", "stripDetails"];
  const { status, message, headers, stripDetails } = read.object(value, path, keys);
  const outcome = {
    ...(status !== undefined && { status: readStatus(status, `${path}.status`) }),
    ...(message !== undefined && { message: read.text(message, `${path}.message`) }),
    ...(headers !== undefined && { headers: checkHeaders(headers, `${path}.headers`) }),
    ...(stripDetails !== undefined && {
      stripDetails: read.boolean(stripDetails, `${path}.stripDetails`),
    }),
  };
  if (Object.keys(outcome).length === 0) {
    throw read.refusal(path, value, `give at least one of ${keys.join(", ")}`);
  }
  return outcome;
}

// Those of the body and of the connection belong to Fastify and Node.
const ownHeaders =
  /^(?:content-(?:length|type|encoding)|transfer-encoding|connection|keep-alive|upgrade|te|trailer|grpc-.*)$/;

function checkHeaders(value: unknown, path: string): Readonly<Record<string, string>> {
  const entries = Object.entries(read.object(value, path)).map(([key, text]) => {
    const at = memberPath(path, key);
    const name = key.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw new FST_GRPC_ERRORS_HEADER(at, quote(text), "its name is no HTTP header name");
    }
    if (ownHeaders.test(name)) {
      throw new FST_GRPC_ERRORS_HEADER(at, quote(text), "a rule may not set this header");
    }
    if (typeof text !== "string" || !isFieldValue(text)) {
      throw new FST_GRPC_ERRORS_HEADER(at, quote(text), "give a text of printable ASCII");
    }
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}

function checkHttp(value: unknown, path: string): ReadonlyMap<number, Code> {
  const entries = Object.entries(read.object(value, path)).map(([key, code]) => {
    const at = memberPath(path, key);
    return [readStatus(Number(key), at), readCode(code, at)] as const;
  });
  return new Map(entries);
}

function checkDeclarations(value: unknown, path: string): readonly MethodDeclarations[] {
  return Object.entries(read.object(value, path)).map(([key, errors]) => {
    const at = memberPath(path, key);
    return {
      path: at,
      method: readMethodPattern(key, at),
      errors: read.list(errors, at, checkDeclaration),
    };
  });
}

function checkDeclaration(value: unknown, path: string): ErrorDeclaration {
  const keys = ["code", "reason", "domain", "message", "details", "detailTypes", "retryable"];
  const error = read.object(value, path, keys);
  const given = <T>(key: string, readMember: ReadOption<T>, otherwise: T): T =>
    read.optional(error[key], `${path}.${key}`, readMember) ?? otherwise;
  return {
    code: codeName(readCode(error.code, `${path}.code`)),
    reason: given("reason", readReason, ""),
    domain: given("domain", read.text, ""),
    message: given("message", read.text, ""),
    details: given("details", readTexts, []),
    detailTypes: given("detailTypes", readTexts, []),
    httpStatus: 0,
    retryable: given("retryable", read.boolean, false),
  };
}
