import type { FastifyGrpcAuthOptions } from "fastify-grpc-auth";
import { SignJWT } from "jose";

const issuer = "https://library.example";
const audience = "library";
const scope = "library.delete";

/** Nobody takes a book away without a token; all else is open to anybody. The secret has 32 bytes and more. */
export function tokenOptions(secret: Uint8Array): FastifyGrpcAuthOptions {
  return {
    issuers: { [issuer]: { secret, audience } },
    methods: { "library.v1.LibraryService.DeleteBook": { scopes: [scope] } },
    anonymous: ["*", "/v1/groups/{name=*}/users"],
    metadata: { "x-user-id": "sub" },
  };
}

/** A token that is good for a day, as an issuer makes them. */
export function libraryToken(secret: Uint8Array, user: string): Promise<string> {
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(user)
    .setExpirationTime("1d")
    .sign(secret);
}
