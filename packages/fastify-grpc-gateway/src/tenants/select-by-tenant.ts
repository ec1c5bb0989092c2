import type { IncomingMessage } from "node:http";
import { StatusError } from "grpc-transcoding";
import { chooseByMedia } from "../mount/choose-by-media.ts";
import { isFormPost, matchFormPost } from "../mount/method-override.ts";
import type { Mount, MountMatch, Selection, Served } from "../mount/route-selection.ts";
import { askTenant, type SelectedTenant } from "../mount/tenant-selector.ts";
import { stripPrefix } from "../mount/url-prefix.ts";
import type { ResolvedOptions } from "../options/resolved-options.ts";

/** A gateway as its mount asks it. */
export interface ServesTenants {
  readonly parts: {
    readonly options: Pick<ResolvedOptions, "tenant" | "notFound" | "methodOverride">;
  };
  /** What requests of a tenant are matched on: its own routes, or those of the gateway. */
  servedTo(tenant: string | undefined): Served;
}

/** Finds a request's tenant, then its route among those of the tenant. */
export function selectByTenant(
  mount: Mount,
  gateway: ServesTenants,
  request: IncomingMessage,
): Selection | undefined {
  const target = stripPrefix(mount.prefix, request.url ?? "/");
  if (target === undefined) return undefined;
  const { options } = gateway.parts;
  if (options.tenant === undefined) {
    const served = gateway.servedTo(undefined);
    const match = matchRequest(served, options, request, target);
    return match && { mount, match, tenant: undefined, prefix: mount.prefix, served };
  }
  const asked = askTenant(options.tenant, request, target);
  const { tenant } = asked;
  const served = gateway.servedTo(tenant);
  const match = matchOf(asked, served, options, request);
  return match && { mount, match, tenant, prefix: mount.prefix + asked.prefix, served };
}

type MatchOptions = ServesTenants["parts"]["options"];

function matchOf(
  { failure, rest, isNowhere }: SelectedTenant,
  served: Served,
  options: MatchOptions,
  request: IncomingMessage,
): MountMatch | undefined {
  if (failure !== undefined) return { status: 500, error: failure };
  if (isNowhere) return unmatched(options);
  const match = matchRequest(served, options, request, rest);
  const { refusal } = served;
  // A path that the tenant does not have is what it always is.
  if (refusal === undefined || match === undefined || match.status === 404) return match;
  return { status: 503, error: refusal() };
}

const unknown: MountMatch = { status: 404 };

function unmatched({ notFound }: MatchOptions): MountMatch | undefined {
  return notFound === "table" ? unknown : undefined;
}

function matchRequest(
  { routing: { table } }: Served,
  options: MatchOptions,
  { method = "GET", headers }: IncomingMessage,
  target: string,
): MountMatch | undefined {
  const match =
    options.methodOverride && isFormPost(method, headers)
      ? matchFormPost(table, target, headers)
      : table.match(method, target);
  if (match === undefined) return unmatched(options);
  if (match.status !== 200 || match.route.kind !== "rpc" || !match.route.media) return match;
  const { choices } = match.route.media;
  const chosen = choices.length === 0 ? match.route : chooseByMedia(choices, headers);
  if (!(chosen instanceof StatusError)) return { ...match, route: chosen };
  return { status: chosen.http?.statusCode === 415 ? 415 : 406, error: chosen };
}
