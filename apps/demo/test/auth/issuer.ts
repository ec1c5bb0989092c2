import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** Makes tokens, and publishes its keys. */
export interface TestIssuer {
  /** Its `iss`. */
  readonly name: string;
  readonly jwksUri: string;
  /** How often its keys were fetched. */
  readonly fetches: { count: number };
  /** The public key as PEM. */
  readonly pem: string;
  /** Whether the key set can be fetched. */
  isUp: boolean;
  /** A good token, for the audience `vault`, with these claims in place of its own. */
  token(claims?: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
  /** Signs by another key from now on, and publishes it alone. */
  rotate(): Promise<void>;
}

export const audience = "vault";

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

export async function testIssuer(t: TestContext): Promise<TestIssuer> {
  const fetches = { count: 0 };
  let generation = 0;
  const make = () => generateKeyPair("RS256", { extractable: true });
  let pair = await make();
  const kid = () => `key-${generation}`;
  const server = createServer(async (_request, response) => {
    fetches.count += 1;
    if (!issuer.isUp) {
      response.writeHead(503).end();
      return;
    }
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: kid(), use: "sig" }];
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: TestIssuer = {
    name: "https://issuer.example",
    jwksUri: `${origin}/jwks`,
    fetches,
    pem: await exportSPKI(pair.publicKey),
    isUp: true,
    token: (claims = {}, header = {}) =>
      new SignJWT({
        iss: issuer.name,
        aud: audience,
        sub: "alice",
        exp: now() + 600,
        ...claims,
      })
        .setProtectedHeader({ alg: "RS256", kid: kid(), ...header })
        .sign(pair.privateKey),
    async rotate() {
      generation += 1;
      pair = await make();
    },
  };
  return issuer;
}
