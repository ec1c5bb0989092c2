import {
  conflictProblems,
  findRouteConflicts,
  type GatewayEntry,
  type NamedRoutes,
  type OnConflict,
  type RuleProblem,
} from "grpc-transcoding";
import { FST_GRPC_CONFLICT } from "./errors.ts";

/** The routes of a gateway as the checks and `explain` take them. */
export function namedRoutes({ name, prefix, bindings, table }: GatewayEntry): NamedRoutes {
  const pathRoutes = table.routes.filter((route) => !("binding" in route));
  return { name, prefix, routes: [...bindings, ...pathRoutes] };
}

/**
 * Checks a gateway's routes among themselves, by its `onConflict`, and against those of the app's other
 * gateways, where a duplicate is an error always: no option says which gateway comes first. Answers the
 * warnings. Throws FST_GRPC_CONFLICT with every error.
 */
export function checkConflicts(
  own: NamedRoutes,
  others: readonly NamedRoutes[],
  onConflict: OnConflict,
): readonly RuleProblem[] {
  const within = conflictProblems(findRouteConflicts([{ ...own, name: "" }]), onConflict);
  const between = findRouteConflicts([...others, own]).filter(
    ({ winner, loser }) => winner.set !== loser.set && [winner.set, loser.set].includes(own),
  );
  const problems = [...within, ...conflictProblems(between)];
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw new FST_GRPC_CONFLICT(
      errors.map(({ message, code }) => `${message} [${code}]`).join("\n"),
    );
  }
  return problems;
}
