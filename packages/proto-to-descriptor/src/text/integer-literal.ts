/** Value of an integer token: decimal, `0x` hex, or octal with a leading zero. */
export function parseInteger(token: string): bigint {
  if (token.length > 1 && token.charCodeAt(0) === 0x30) {
    const second = token.charCodeAt(1) | 32;
    if (second === 0x78) return token.length > 2 ? BigInt(token) : 0n;
    return /^[0-7]+$/.test(token) ? BigInt(`0o${token.slice(1)}`) : 0n;
  }
  return BigInt(token);
}

export const INT32_MAX = 0x7fffffffn;
export const INT32_MIN: bigint = -0x80000000n;
export const UINT32_MAX = 0xffffffffn;
export const INT64_MAX = 0x7fffffffffffffffn;
export const INT64_MIN: bigint = -0x8000000000000000n;
export const UINT64_MAX = 0xffffffffffffffffn;
