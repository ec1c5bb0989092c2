import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { AuthContext } from "grpc-transcoding";

const plainTls: AuthContext = { transportSecurityType: "ssl" };

/**
 * The security of a connection, undefined without TLS. As grpc-js fills it for its own connections: the peer certificate
 * only where it was verified.
 */
export function authContextOf(socket: Socket | undefined): AuthContext | undefined {
  if (socket === undefined || !isTls(socket)) return undefined;
  if (!socket.authorized) return plainTls;
  const known = contexts.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerCertificate();
  // Node answers null, and an empty object, for a socket that is gone or a client without one.
  if (Object.keys(certificate ?? {}).length === 0) return plainTls;
  const context = { ...plainTls, sslPeerCertificate: certificate };
  contexts.set(socket, context);
  return context;
}

// A connection keeps its certificate, and each look makes it anew from its bytes.
const contexts = new WeakMap<Socket, AuthContext>();

function isTls(socket: Socket): socket is TLSSocket {
  return (socket as Partial<TLSSocket>).encrypted === true;
}
