import { type OptionReaders, optionReaders, type ReadOption } from "grpc-transcoding/internal";
import { FST_GRPC_POLICIES_OPTION, FST_GRPC_POLICIES_UNKNOWN_KEY } from "../errors.ts";

/** The readers of options; what is wrong throws an error of this package. */
export const read: OptionReaders = optionReaders({
  wrong: FST_GRPC_POLICIES_OPTION,
  unknown: FST_GRPC_POLICIES_UNKNOWN_KEY,
});

/** A list of at least one: an empty one would switch off what it is for. */
export function readSome<T>(value: unknown, path: string, readEntry: ReadOption<T>): readonly T[] {
  const list = read.list(value, path, readEntry);
  if (list.length > 0) return list;
  throw read.refusal(path, value, "name at least one, or leave it out");
}
