import { clone } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { fieldsOf } from "./file-declarations.ts";

/**
 * The file with a `json_name` on every field. Compilers write them, but the descriptors that C++ and
 * Java embed, and hence serve by reflection, leave them out. Answers the file itself if none is
 * missing, a copy otherwise.
 */
export function withJsonNames(file: FileDescriptorProto): FileDescriptorProto {
  if (fieldsOf(file).every(({ jsonName }) => jsonName !== "")) return file;
  const copy = clone(FileDescriptorProtoSchema, file);
  for (const field of fieldsOf(copy)) {
    if (field.jsonName === "") field.jsonName = protoCamelCase(field.name);
  }
  return copy;
}
