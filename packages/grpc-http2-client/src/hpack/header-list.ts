/**
 * A header list as HTTP/2 carries it: name, value, name, value, each character a byte (latin1).
 * Never changed once made: the same array may be handed out again for the same bytes.
 */
export type HeaderList = readonly string[];
