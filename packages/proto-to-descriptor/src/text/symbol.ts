/** Character codes of the symbols of the grammar. */
export const SEMICOLON = 0x3b;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_PAREN = 0x28;
export const CLOSE_PAREN = 0x29;
export const OPEN_ANGLE = 0x3c;
export const CLOSE_ANGLE = 0x3e;
export const EQUALS = 0x3d;
export const COMMA = 0x2c;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const MINUS = 0x2d;
