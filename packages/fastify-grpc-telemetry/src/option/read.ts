import { type OptionReaders, optionReaders } from "grpc-transcoding/internal";
import { FST_GRPC_TELEMETRY_OPTION, FST_GRPC_TELEMETRY_UNKNOWN_KEY } from "../errors.ts";

/** The readers of options; what is wrong throws an error of this package. */
export const read: OptionReaders = optionReaders({
  wrong: FST_GRPC_TELEMETRY_OPTION,
  unknown: FST_GRPC_TELEMETRY_UNKNOWN_KEY,
});

/** A switch with a third position. */
export function readSwitch<const T extends string>(
  value: unknown,
  path: string,
  third: T,
): boolean | T {
  if (typeof value === "boolean" || value === third) return value as boolean | T;
  throw read.refusal(path, value, `use true, false or ${JSON.stringify(third)}`);
}
