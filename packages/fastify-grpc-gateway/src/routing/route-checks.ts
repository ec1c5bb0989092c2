import type {
  GatewayEntry,
  NamedRoutes,
  OnConflict,
  Route,
  RouteConflict,
  RouteTable,
  RuleProblem,
} from "grpc-transcoding";
import { conflictProblems, findRouteConflicts } from "grpc-transcoding/internal";
import { FST_GRPC_CONFLICT } from "../errors.ts";
import type { MountedRoute } from "../mount/mounted-route.ts";

/** The routes of a gateway as the checks and `explain` take them. */
export function namedRoutes({ name, prefix, table }: GatewayEntry): NamedRoutes {
  const { routes } = table as RouteTable<MountedRoute>;
  return { name, prefix, routes: bindingsOf(routes) };
}

/** Routes as the checks take them. Those that media types tell apart from the first of their verb and path are not among them. */
export function bindingsOf(routes: readonly MountedRoute[]): NamedRoutes["routes"] {
  return routes.map((route) => (route.kind === "rpc" ? route.binding : route));
}

/**
 * Checks a gateway's routes among themselves, by its `onConflict`, and against those of the app's other
 * gateways, where a duplicate is an error always: no option says which gateway comes first. With `added`
 * only what concerns that route counts. Answers the warnings. Throws FST_GRPC_CONFLICT with every error.
 */
export function checkConflicts(
  own: NamedRoutes,
  others: readonly NamedRoutes[],
  onConflict: OnConflict,
  added?: Route,
): readonly RuleProblem[] {
  const alone = { ...own, name: "" };
  const within = findRouteConflicts([added === undefined ? alone : nearTo(added, alone)]);
  const all = [...others, own].map((set) => (added === undefined ? set : nearTo(added, set)));
  const between = findRouteConflicts(all).filter(
    ({ winner, loser }) =>
      winner.set !== loser.set && [winner.set, loser.set].includes(all.at(-1) as NamedRoutes),
  );
  const counts = ({ winner, loser }: RouteConflict): boolean =>
    added === undefined || winner.route === added || loser.route === added;
  const problems = [
    ...conflictProblems(within.filter(counts), onConflict),
    ...conflictProblems(between.filter(counts)),
  ];
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw new FST_GRPC_CONFLICT(
      errors.map(({ message, code }) => `${message} [${code}]`).join("\n"),
    );
  }
  return problems;
}

/** Only the routes that a conflict with the given one can be with: of its method and verb. */
function nearTo(added: Route, set: NamedRoutes): NamedRoutes {
  const routes = set.routes.filter(
    ({ httpMethod, template }) =>
      httpMethod === added.httpMethod && template.verb === added.template.verb,
  );
  return { ...set, routes };
}
