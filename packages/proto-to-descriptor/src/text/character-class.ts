/** Classes of characters in the lexer's table; a character may be in several. */
export const LETTER = 1;
export const DIGIT = 2;
export const HEX = 4;
export const OCTAL = 8;
export const BLANK = 16;

/** Class bits by byte. A newline is in none: it counts lines. */
export const CHARACTER_CLASS: Uint8Array = new Uint8Array(256);
for (let c = 0x61; c <= 0x7a; c++) {
  CHARACTER_CLASS[c] = LETTER;
  CHARACTER_CLASS[c - 32] = LETTER;
}
CHARACTER_CLASS[0x5f] = LETTER;
for (let c = 0x30; c <= 0x39; c++) CHARACTER_CLASS[c] = DIGIT | HEX | (c < 0x38 ? OCTAL : 0);
for (const c of "abcdefABCDEF") CHARACTER_CLASS[c.charCodeAt(0)] = LETTER | HEX;
for (const c of " \t\r\v\f") CHARACTER_CLASS[c.charCodeAt(0)] = BLANK;
