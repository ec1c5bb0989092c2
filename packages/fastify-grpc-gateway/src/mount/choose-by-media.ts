import type { IncomingHttpHeaders } from "node:http";
import { Code, type StatusError } from "grpc-transcoding";
import { gatewayError, parseAccept, rateMediaType } from "grpc-transcoding/internal";
import type { RpcRoute } from "./mounted-route.ts";

/**
 * The route of a request among those of one verb and path: by `Content-Type`, then by `Accept` (RFC 9110, section 12.5.1).
 * Of those that suit alike the first is taken. A StatusError, 415 or 406, names what there is.
 */
export function chooseByMedia(
  choices: readonly RpcRoute[],
  headers: IncomingHttpHeaders,
): RpcRoute | StatusError {
  const type = mediaTypeOf(headers["content-type"]);
  const readers = choices.filter((route) => isRead(route.media?.consumes ?? [], type));
  if (readers.length === 0) return unread(choices, type);
  const rated = readers.map((route) => ({ route, ...rateRoute(route, headers.accept) }));
  const [best] = rated.sort((a, b) => b.quality - a.quality || b.exactness - a.exactness);
  return best === undefined || best.quality === 0 ? unwritten(readers) : best.route;
}

/** The media type that an answer of a route has for a client; undefined where the route does not say. */
export function producedType(
  produces: readonly string[],
  accept: string | undefined,
): string | undefined {
  const ranges = parseAccept(accept ?? "*/*");
  const rated = produces.map((type) => ({ type, ...rateMediaType(type, ranges) }));
  return rated.sort((a, b) => b.quality - a.quality || b.exactness - a.exactness)[0]?.type;
}

function mediaTypeOf(header = ""): string {
  return (header.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** A request without a body has no type, and suits all. */
function isRead(consumes: readonly string[], type: string): boolean {
  if (consumes.length === 0 || type === "") return true;
  return consumes.some((one) =>
    one.endsWith("/*") ? type.startsWith(one.slice(0, -1)) : one === type,
  );
}

/** One that does not say what it produces is taken where no other suits. */
const unsaid = { quality: Number.MIN_VALUE, exactness: 0 };

function rateRoute(
  { media }: RpcRoute,
  accept: string | undefined,
): { readonly quality: number; readonly exactness: number } {
  const produces = media?.produces ?? [];
  if (produces.length === 0) return unsaid;
  const ranges = parseAccept(accept ?? "*/*");
  const rates = produces.map((type) => rateMediaType(type, ranges));
  return rates.reduce((best, rate) => (rate.quality > best.quality ? rate : best));
}

function unread(choices: readonly RpcRoute[], type: string): StatusError {
  const accept = [...new Set(choices.flatMap(({ media }) => media?.consumes ?? []))].join(", ");
  return gatewayError(`content-type ${type} is not read here: send one of ${accept}`, {
    code: Code.INVALID_ARGUMENT,
    // RFC 9110, section 15.5.16: a 415 tells what would be accepted.
    http: { statusCode: 415, headers: { accept } },
  });
}

function unwritten(choices: readonly RpcRoute[]): StatusError {
  const types = [...new Set(choices.flatMap(({ media }) => media?.produces ?? []))].join(", ");
  return gatewayError(`the answer is offered as ${types}`, {
    code: Code.INVALID_ARGUMENT,
    http: { statusCode: 406 },
  });
}
