import { fileURLToPath } from "node:url";

/**
 * The directory of the bundled protos, for tools that read imports from disk, such as
 * `@grpc/proto-loader`. It is part of the package; a bundled app has to bring it along.
 */
export const bundledProtoDir: string = fileURLToPath(new URL("../../proto/", import.meta.url));
