import { append, none } from "../model/append.ts";
import type {
  EnumNode,
  EnumValueNode,
  FieldNode,
  FileNode,
  MessageNode,
  OneofNode,
} from "../model/declaration.ts";
import { newEnum, newEnumValue, newField, newMessage, newOneof } from "../model/new-message.ts";

/** A message without contents, entered into what encloses it. */
export function addMessage(
  file: FileNode,
  parent: MessageNode | undefined,
  name: string,
  at: number,
  mapField?: FieldNode,
): MessageNode {
  const proto = newMessage();
  proto.name = name;
  const node: MessageNode = {
    kind: "message",
    name,
    at,
    file,
    parent,
    proto,
    fullName: "",
    fields: none(),
    oneofs: none(),
    messages: none(),
    enums: none(),
    extensions: none(),
    ranges: none(),
    reservedAt: none(),
    options: none(),
    members: new Map(),
    mapField,
    features: undefined,
  };
  const scope = parent ?? file;
  scope.messages = append(scope.messages, node);
  (parent === undefined ? file.proto.messageType : parent.proto.nestedType).push(proto);
  return node;
}

/** A field without a name, type or number yet; the caller enters it into its list. */
export function newFieldNode(
  file: FileNode,
  parent: MessageNode | undefined,
  startAt: number,
  isExtension: boolean,
): FieldNode {
  return {
    kind: "field",
    name: "",
    at: startAt,
    file,
    parent,
    proto: newField(),
    isExtension,
    oneof: undefined,
    startAt,
    typeAt: startAt,
    numberAt: startAt,
    extendeeAt: startAt,
    defaultAt: startAt,
    jsonNameAt: startAt,
    options: none(),
    isMap: false,
    container: isExtension ? undefined : parent,
    type: undefined,
    features: undefined,
  };
}

/** Enters a field into its message. */
export function addField(message: MessageNode, field: FieldNode): void {
  message.fields = append(message.fields, field);
  message.proto.field.push(field.proto);
}

export function addOneof(message: MessageNode, name: string, at: number): OneofNode {
  const proto = newOneof();
  proto.name = name;
  const node: OneofNode = {
    kind: "oneof",
    name,
    at,
    file: message.file,
    parent: message,
    proto,
    options: none(),
    fields: none(),
    features: undefined,
  };
  message.oneofs = append(message.oneofs, node);
  message.proto.oneofDecl.push(proto);
  return node;
}

export function addEnum(
  file: FileNode,
  parent: MessageNode | undefined,
  name: string,
  at: number,
): EnumNode {
  const proto = newEnum();
  proto.name = name;
  const node: EnumNode = {
    kind: "enum",
    name,
    at,
    file,
    parent,
    proto,
    fullName: "",
    values: none(),
    reservedAt: none(),
    options: none(),
    features: undefined,
  };
  const scope = parent ?? file;
  scope.enums = append(scope.enums, node);
  scope.proto.enumType.push(proto);
  return node;
}

export function addEnumValue(parent: EnumNode, name: string, at: number): EnumValueNode {
  const proto = newEnumValue();
  proto.name = name;
  const node: EnumValueNode = {
    kind: "enum value",
    name,
    at,
    file: parent.file,
    parent,
    proto,
    numberAt: at,
    options: none(),
  };
  parent.values = append(parent.values, node);
  parent.proto.value.push(proto);
  return node;
}
