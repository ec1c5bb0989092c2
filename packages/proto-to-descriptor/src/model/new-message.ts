import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import {
  DescriptorProto_ExtensionRangeSchema,
  DescriptorProto_ReservedRangeSchema,
  DescriptorProtoSchema,
  EnumDescriptorProto_EnumReservedRangeSchema,
  EnumDescriptorProtoSchema,
  EnumValueDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  OneofDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
  type SourceCodeInfo_Location,
  SourceCodeInfo_LocationSchema,
} from "@bufbuild/protobuf/wkt";

/**
 * Returns a function that makes empty messages of a type: what `create(schema)` returns, made by a
 * constructor with a fixed shape. A large API has some hundred thousand descriptors, for which
 * `create` would be a tenth of the whole compilation.
 */
export function messageFactory<Desc extends DescMessage>(schema: Desc): () => MessageShape<Desc> {
  const sample = create(schema) as unknown as Record<string, unknown>;
  const lists = Object.keys(sample).filter((key) => Array.isArray(sample[key]));
  const Message = function (this: Record<string, unknown>): void {
    this.$typeName = schema.typeName;
    for (let i = 0; i < lists.length; i++) this[lists[i] as string] = [];
  } as unknown as { new (): MessageShape<Desc>; prototype: unknown };
  Message.prototype = Object.getPrototypeOf(sample);
  return () => new Message();
}

export const newFile: ReturnType<typeof messageFactory<typeof FileDescriptorProtoSchema>> =
  messageFactory(FileDescriptorProtoSchema);
export const newMessage: ReturnType<typeof messageFactory<typeof DescriptorProtoSchema>> =
  messageFactory(DescriptorProtoSchema);
export const newField: ReturnType<typeof messageFactory<typeof FieldDescriptorProtoSchema>> =
  messageFactory(FieldDescriptorProtoSchema);
export const newOneof: ReturnType<typeof messageFactory<typeof OneofDescriptorProtoSchema>> =
  messageFactory(OneofDescriptorProtoSchema);
export const newEnum: ReturnType<typeof messageFactory<typeof EnumDescriptorProtoSchema>> =
  messageFactory(EnumDescriptorProtoSchema);
export const newEnumValue: ReturnType<
  typeof messageFactory<typeof EnumValueDescriptorProtoSchema>
> = messageFactory(EnumValueDescriptorProtoSchema);
export const newService: ReturnType<typeof messageFactory<typeof ServiceDescriptorProtoSchema>> =
  messageFactory(ServiceDescriptorProtoSchema);
export const newMethod: ReturnType<typeof messageFactory<typeof MethodDescriptorProtoSchema>> =
  messageFactory(MethodDescriptorProtoSchema);
export const newExtensionRange: ReturnType<
  typeof messageFactory<typeof DescriptorProto_ExtensionRangeSchema>
> = messageFactory(DescriptorProto_ExtensionRangeSchema);
export const newReservedRange: ReturnType<
  typeof messageFactory<typeof DescriptorProto_ReservedRangeSchema>
> = messageFactory(DescriptorProto_ReservedRangeSchema);
export const newEnumReservedRange: ReturnType<
  typeof messageFactory<typeof EnumDescriptorProto_EnumReservedRangeSchema>
> = messageFactory(EnumDescriptorProto_EnumReservedRangeSchema);
const locationPrototype: unknown = Object.getPrototypeOf(create(SourceCodeInfo_LocationSchema));
const Location = function (
  this: Record<string, unknown>,
  path: number[],
  span: number[],
  leadingDetachedComments: string[],
): void {
  this.$typeName = SourceCodeInfo_LocationSchema.typeName;
  this.path = path;
  this.span = span;
  this.leadingDetachedComments = leadingDetachedComments;
} as unknown as {
  new (path: number[], span: number[], detached: string[]): SourceCodeInfo_Location;
  prototype: unknown;
};
Location.prototype = locationPrototype;

/** A location of `SourceCodeInfo`; it keeps the arrays. */
export function newLocation(path: number[], span: number[]): SourceCodeInfo_Location {
  return new Location(path, span, []);
}
