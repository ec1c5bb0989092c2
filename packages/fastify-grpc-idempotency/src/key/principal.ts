import type { FastifyRequest } from "fastify";
import { digest } from "./digest.ts";

/** Who sends a request, for the option `principal`. */
export type PrincipalOf = (request: FastifyRequest) => string | number | undefined;

/**
 * Who sends a request: by the option; else the identity that hooks and policies have set, or `request.user`, of an object
 * its `sub`; else the `authorization` header, of which a hash is kept: whom only the service knows gets nobody else's
 * answer. `""` for nobody. Throws a TypeError for what the option must not return.
 */
export function principalOf(
  request: FastifyRequest,
  identity: unknown,
  own: PrincipalOf | undefined,
): string {
  if (own !== undefined) {
    const name: unknown = own(request);
    if (name === undefined) return "";
    const text = textOf(name);
    if (text !== undefined) return `o:${text}`;
    throw new TypeError(
      `option principal returned ${typeof name}: return a text, or undefined for nobody`,
    );
  }
  const user = identity ?? (request as { readonly user?: unknown }).user;
  const name = textOf(user) ?? textOf((user as { readonly sub?: unknown } | null | undefined)?.sub);
  if (name !== undefined) return `u:${name}`;
  const { authorization } = request.headers;
  return authorization === undefined ? "" : `a:${digest(authorization)}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
