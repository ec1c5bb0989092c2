import { type OptionReaders, optionReaders } from "grpc-transcoding/internal";
import { FST_GRPC_ERRORS_OPTION, FST_GRPC_ERRORS_UNKNOWN_KEY } from "../errors.ts";

/** The readers of options; what is wrong throws an error of this package. */
export const read: OptionReaders = optionReaders({
  wrong: FST_GRPC_ERRORS_OPTION,
  unknown: FST_GRPC_ERRORS_UNKNOWN_KEY,
  root: "of the table",
});
