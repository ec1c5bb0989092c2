/** The request header, and the metadata key that goes upstream. */
export const keyHeader = "idempotency-key";

const visible = /^[!-~]{1,255}$/;
// RFC 9651, section 3.3.3: a String, without parameters.
const sfString = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;

/**
 * The key of a header's value: 1 to 255 visible characters of ASCII, bare or as the quoted String of
 * draft-ietf-httpapi-idempotency-key-header. Undefined for anything else, a header that came twice included.
 */
export function parseKey(value: string): string | undefined {
  if (!value.startsWith('"')) return visible.test(value) ? value : undefined;
  const key = sfString.exec(value)?.[1]?.replaceAll(/\\(.)/g, "$1");
  return key !== undefined && visible.test(key) ? key : undefined;
}
