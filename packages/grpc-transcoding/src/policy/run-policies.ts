import { Code } from "../model/code.ts";
import type { Failure } from "../model/failure.ts";
import { failureFromError, grpcFailureFromError } from "../status/failure-from-error.ts";
import { addChanges, type MetadataChanges } from "./metadata-changes.ts";
import type { Policy, PolicyCall, Verdict } from "./policy.ts";

/** What the policies of a gateway together say of a call. */
export interface Admission {
  /** Why the call does not go on. */
  readonly refuse: Failure | undefined;
  /** Whether one of them has answered: there is nothing left to do. */
  readonly answered?: boolean;
  /** What they changed in its metadata. */
  readonly metadata: MetadataChanges | undefined;
}

/**
 * Asks the policies in turn; the first that refuses decides. Answers at once unless one of them needs time. `onError` is
 * told what a policy threw, which its client must not see. `before` is what the app itself has changed in the metadata.
 */
export function runPolicies<Request>(
  policies: readonly Policy<Request>[],
  call: PolicyCall<Request>,
  onError: (error: unknown) => void,
  before?: MetadataChanges,
): Admission | Promise<Admission> {
  return decide(policies, 0, call, before, onError);
}

function decide<Request>(
  policies: readonly Policy<Request>[],
  from: number,
  call: PolicyCall<Request>,
  before: MetadataChanges | undefined,
  onError: (error: unknown) => void,
): Admission | Promise<Admission> {
  let metadata = before;
  for (let i = from; i < policies.length; i++) {
    try {
      const said = policies[i]?.(call);
      if (isPromise(said)) {
        // A promise of its own kind may be handed in; who asks expects one of this kind.
        return Promise.resolve(said).then(
          (verdict) => {
            const admission = apply(verdict, call, metadata, onError);
            if (isFinal(admission)) return admission;
            return decide(policies, i + 1, call, admission.metadata, onError);
          },
          (error: unknown) => undecided(error, onError),
        );
      }
      const admission = apply(said, call, metadata, onError);
      if (isFinal(admission)) return admission;
      metadata = admission.metadata;
    } catch (error) {
      return undecided(error, onError);
    }
  }
  return metadata === undefined ? admitted : { refuse: undefined, metadata };
}

const admitted: Admission = { refuse: undefined, metadata: undefined };
const answered: Admission = { refuse: undefined, answered: true, metadata: undefined };

function isFinal(admission: Admission): boolean {
  return admission.refuse !== undefined || admission.answered === true;
}

function apply(
  // biome-ignore lint/suspicious/noConfusingVoidType: what a policy returns that only looks.
  verdict: void | Verdict,
  { context, reply }: PolicyCall,
  metadata: MetadataChanges | undefined,
  onError: (error: unknown) => void,
): Admission {
  if (verdict === undefined) return { refuse: undefined, metadata };
  try {
    checkVerdict(verdict);
    // Read once: what was checked must be what is obeyed.
    const { refuse } = verdict;
    if (refuse !== undefined) return { refuse: refusalOf(refuse), metadata: undefined };
    if (verdict.answered !== undefined) return answeredBy(reply, verdict.answered);
    const { metadata: changes, strip } = verdict;
    if (strip !== undefined && typeof strip !== "function") {
      throw new TypeError("a policy's verdict has a strip that is no function");
    }
    const isChange = changes !== undefined || strip !== undefined;
    const changed = isChange ? addChanges(metadata, changes, strip) : metadata;
    if ("identity" in verdict) context.identity = verdict.identity;
    return { refuse: undefined, metadata: changed };
  } catch (error) {
    return undecided(error, onError);
  }
}

/** Throws a TypeError where nothing can have been answered: a call that passes must be meant to. */
function answeredBy(reply: unknown, said: unknown): Admission {
  if (said === true && reply !== undefined) return answered;
  throw new TypeError("a policy says { answered: true } once it has answered by the call's reply");
}

const members = new Set(["refuse", "answered", "metadata", "strip", "identity"]);

/** Throws a TypeError for what is no verdict: it may have been meant as a refusal. */
function checkVerdict(verdict: unknown): asserts verdict is Verdict {
  if (typeof verdict !== "object" || verdict === null) {
    throw new TypeError(`a policy returned ${String(verdict)}: return nothing, or an object`);
  }
  const unknown = Object.keys(verdict).find((name) => !members.has(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `a policy's verdict has the member ${JSON.stringify(unknown)}; known are ${[...members].join(", ")}`,
    );
  }
}

/**
 * A refusal as a failure of plain members, since one of the app's own may throw when it is looked at later. Throws a
 * TypeError for what names no status but OK.
 */
function refusalOf(refusal: Failure | Error): Failure {
  const failure = refusal instanceof Error ? statusOfError(refusal) : refusal;
  const { code, message, details } = failure?.status ?? {};
  const { origin = "gateway", http, trailers } = failure ?? {};
  const isWhole = Array.isArray(details) && (trailers === undefined || Array.isArray(trailers));
  if (code === undefined || !isErrorCode(code) || !isWhole) {
    throw new TypeError(
      "a policy refuses a call by what refuse(code, message) makes, by an error with a status, or by { refuse: { status: { code, message, details }, origin } }",
    );
  }
  return {
    status: { code, message: String(message ?? ""), details },
    origin,
    ...(http && { http }),
    ...(trailers && { trailers }),
  };
}

function isErrorCode(code: number): boolean {
  return Number.isInteger(code) && code > Code.OK && code <= Code.UNAUTHENTICATED;
}

/** The status that an error itself has, of gRPC or of HTTP. */
function statusOfError(error: unknown): Failure | undefined {
  const failure = grpcFailureFromError(error);
  if (failure !== undefined) return failure;
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown };
  return Number(statusCode) >= 400 && Number(statusCode) < 600
    ? failureFromError(error)
    : undefined;
}

function undecided(error: unknown, onError: (error: unknown) => void): Admission {
  // What was thrown may throw when it is looked at; the call is refused all the same.
  try {
    const meant = statusOfError(error);
    if (meant !== undefined) return { refuse: meant, metadata: undefined };
    onError(error);
  } catch {
    onError(new Error("a policy threw what cannot be read"));
  }
  return { refuse: policyFailed, metadata: undefined };
}

const policyFailed: Failure = {
  status: {
    code: Code.INTERNAL,
    message: "the policy of this call could not be decided",
    details: [],
  },
  origin: "gateway",
};

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | undefined)?.then === "function";
}
