import { codeName, type ErrorExplanation, type Failure, httpStatusOf } from "grpc-transcoding";
import type { Decision } from "./compile-table.ts";
import type { FailureFacts, Rule } from "./rule.ts";

/** Says in words which entry of the table decided. */
export function explainDecision(
  { statusCode, statusRule, matched }: Decision,
  facts: FailureFacts,
  failure: Failure,
): ErrorExplanation {
  const paths = matched.map((rule) => rule.path);
  if (statusRule !== undefined) {
    const why = `the most specific entry for ${conditionsOf(statusRule)}`;
    return { statusCode, decidedBy: statusRule.path, why, matched: paths };
  }
  if (failure.http !== undefined) {
    const why = `the failure of the ${failure.origin} demands this HTTP status itself`;
    return { statusCode, decidedBy: "failure", why, matched: paths };
  }
  if (statusCode !== httpStatusOf(facts.code)) {
    const why = `no entry sets a status; ${codeName(facts.code)} of an ${failure.origin} that broke the protocol is ${statusCode}`;
    return { statusCode, decidedBy: `origin ${failure.origin}`, why, matched: paths };
  }
  const why = `no entry sets a status; ${codeName(facts.code)} has this one in google/rpc/code.proto`;
  return { statusCode, decidedBy: "preset google", why, matched: paths };
}

function conditionsOf(rule: Rule): string {
  const { tenant, method, domain, reason, detail, code } = rule;
  const conditions = {
    tenant,
    method: method?.text,
    domain,
    reason,
    detail,
    code: code === undefined ? undefined : codeName(code),
  };
  return Object.entries(conditions)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(", ");
}
