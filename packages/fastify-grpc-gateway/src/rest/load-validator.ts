import type { CreateValidator } from "grpc-transcoding";
import { FST_GRPC_OPTION } from "../errors.ts";

/** Loads @bufbuild/protovalidate, an optional peer. Throws FST_GRPC_OPTION where it is not installed. */
export async function loadCreateValidator(): Promise<CreateValidator> {
  try {
    const module: { createValidator: unknown } = await import("@bufbuild/protovalidate");
    return module.createValidator as CreateValidator;
  } catch (error) {
    throw new FST_GRPC_OPTION(
      `option "validate" needs the package @bufbuild/protovalidate: npm install @bufbuild/protovalidate (${(error as Error).message})`,
    );
  }
}
