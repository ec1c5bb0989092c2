/** The number grammar of RFC 8259, which quoted numbers and those of paths and queries follow as well. */
export const jsonNumber: RegExp = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
