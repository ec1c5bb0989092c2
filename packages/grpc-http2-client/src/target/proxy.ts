import { BlockList, isIP } from "node:net";
import type { Target } from "./parse-target.ts";

/** An HTTP proxy that opens tunnels by CONNECT. */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment has for a target, by the variables that grpc-js reads: `grpc_proxy`, `https_proxy`,
 * `http_proxy`, and the exceptions in `no_grpc_proxy` or `no_proxy`. Sockets of this machine need none. Throws an Error that
 * names the variable for a value that is no proxy.
 */
export function proxyOf(target: Target, env: Environment = process.env): HttpProxy | undefined {
  if (target.port === 0) return undefined;
  const name = ["grpc_proxy", "https_proxy", "http_proxy"].find((one) => env[one]);
  if (name === undefined) return undefined;
  const exceptions = (env.no_grpc_proxy || env.no_proxy || "").split(",");
  if (exceptions.some((one) => excludes(one.trim(), target.host))) return undefined;
  return readProxy(name, env[name] as string);
}

function readProxy(variable: string, text: string): HttpProxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" || url.hostname === "") {
    throw new Error(`the environment variable ${variable} must be an http:// URL of a proxy`);
  }
  const { hostname, port, username, password } = url;
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 80 : Number(port),
    authorization: username === "" ? undefined : basic(variable, username, password),
  };
}

function basic(variable: string, username: string, password: string): string {
  try {
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(user).toString("base64")}`;
  } catch {
    throw new Error(`the environment variable ${variable} has a user or password with a wrong "%"`);
  }
}

/** Whether an entry of `no_proxy` is for a host: `*`, the name, a domain that it lies in, an address, a range. */
function excludes(entry: string, host: string): boolean {
  if (entry === "") return false;
  if (entry === "*" || entry === host) return true;
  const family = isIP(host);
  if (family === 0) return host.endsWith(entry.startsWith(".") ? entry : `.${entry}`);
  const [address = "", bits] = entry.split("/");
  if (bits === undefined || isIP(address) !== family) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const range = new BlockList();
  try {
    range.addSubnet(address, Number(bits), type);
  } catch {
    return false;
  }
  return range.check(host, type);
}
