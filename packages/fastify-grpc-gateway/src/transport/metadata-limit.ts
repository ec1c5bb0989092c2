/** Servers on Node's HTTP/2 reset a call with more than 128 headers, some 12 of which gRPC itself adds. */
export const maxMetadataEntries = 100;
