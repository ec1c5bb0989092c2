// What a target is by grpc-js without a scheme, or with the one of names.
const named = /^(?:dns:(?:\/\/\/)?)?([^/:]+):(\d+)$/;

/**
 * Whether a target is one of those allowed: `"pay:50051"`, `"*.internal:50051"` for all names below a domain,
 * `"10.0.0.7:*"` for all ports. A target of another kind, `"unix:/run/pay.sock"`, must be listed as it is.
 */
export function isAllowedTarget(target: string, allowed: readonly string[]): boolean {
  const [, host, port] = named.exec(target.toLowerCase()) ?? [];
  return allowed.some((pattern) => {
    if (pattern === target) return true;
    if (host === undefined) return false;
    const [, allowedHost = "", allowedPort] =
      /^(?:dns:(?:\/\/\/)?)?([^/:]+):(\d+|\*)$/.exec(pattern.toLowerCase()) ?? [];
    if (allowedPort !== "*" && allowedPort !== port) return false;
    return allowedHost.startsWith("*.")
      ? host.endsWith(allowedHost.slice(1)) && host.length > allowedHost.length - 1
      : host === allowedHost;
  });
}

/** Whether it looks like what grpc-js connects to, rather than a name: it has a port or a scheme. */
export function isTarget(text: string): boolean {
  return text.includes(":");
}
