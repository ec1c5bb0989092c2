/** One metadata entry: a lower-case key and its value; keys ending in `-bin` carry bytes, others text. */
export type MetadataEntry = readonly [key: string, value: string | Uint8Array];

/**
 * gRPC metadata as an ordered list, repeated keys allowed. Neutral between HTTP headers and the
 * transports' own classes, and free of prototype look-ups by names that a client chose.
 */
export type MetadataEntries = readonly MetadataEntry[];
