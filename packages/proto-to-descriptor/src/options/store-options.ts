import { fromBinary, type Message } from "@bufbuild/protobuf";
import { messageFactory } from "../model/new-message.ts";
import type { ByteWriter } from "./byte-writer.ts";
import {
  OPTIONS_SCHEMAS,
  type OptionsName,
  type OptionTarget,
  type SetOption,
} from "./option-target.ts";

/**
 * The largest field number that protoc 3.21 knows in each options message. It writes larger ones
 * as it does extensions: after the others, in the order of the statements.
 */
const LAST_KNOWN: Readonly<Record<OptionsName, number>> = {
  FileOptions: 45,
  MessageOptions: 7,
  FieldOptions: 15,
  OneofOptions: 0,
  EnumOptions: 3,
  EnumValueOptions: 1,
  ExtensionRangeOptions: 0,
  ServiceOptions: 33,
  MethodOptions: 34,
};

const FACTORIES = Object.fromEntries(
  Object.entries(OPTIONS_SCHEMAS).map(([name, schema]) => [name, messageFactory(schema)]),
) as Record<OptionsName, () => Message>;

/** Makes the options message of a descriptor from the statements that are interpreted by now. */
export function storeOptions({ holder, kind, set }: OptionTarget, writer: ByteWriter): void {
  const last = LAST_KNOWN[kind];
  const inProperties = fitsProperties(set, last);
  let options: Message | undefined;
  for (const option of set) {
    if (option === undefined || option.isExtension || (!inProperties && option.no > last)) continue;
    writer.varint((option.no << 3) | option.wireType);
    writer.raw(option.data);
  }
  if (writer.length > 0) {
    options = fromBinary(OPTIONS_SCHEMAS[kind], writer.take());
  }
  options ??= FACTORIES[kind]();
  let unknown = options.$unknown;
  for (const option of set) {
    if (option === undefined || !(option.isExtension || (!inProperties && option.no > last))) {
      continue;
    }
    unknown ??= [];
    unknown.push({ no: option.no, wireType: option.wireType, data: option.data });
  }
  if (unknown !== undefined) options.$unknown = unknown;
  holder.proto.options = options;
}

/**
 * Whether fields that are newer than protoc 3.21 can have their properties without a change of the
 * bytes: if they stand before all extensions, in the order of their numbers.
 */
function fitsProperties(set: readonly (SetOption | undefined)[], last: number): boolean {
  let largest = 0;
  let extensions = false;
  for (const option of set) {
    if (option === undefined) continue;
    if (option.isExtension) {
      extensions = true;
    } else if (option.no > last) {
      if (extensions || option.no < largest) return false;
      largest = option.no;
    }
  }
  return true;
}
