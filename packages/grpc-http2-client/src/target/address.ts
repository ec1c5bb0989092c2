/** Where a socket connects to. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** For the operator's eyes, and to tell addresses apart. */
export function addressText(address: Address): string {
  if ("path" in address) return `unix:${address.path}`;
  const { host, port } = address;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
