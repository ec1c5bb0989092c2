import type {
  DescriptorProto,
  DescriptorProto_ExtensionRange,
  EnumDescriptorProto,
  EnumValueDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
  MethodDescriptorProto,
  OneofDescriptorProto,
  ServiceDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import type { SourceFile } from "../text/source-file.ts";
import type { FeatureSet } from "./feature-set.ts";
import type { OptionStatement } from "./option-statement.ts";

// Declarations of a source file: each wraps the descriptor that is being built and knows what the
// descriptor does not say: where it stands (byte offsets, `at` is the name), what encloses it, and
// what its references resolve to. Parsers fill them, the linker and the option interpreter read them.

/** Everything that has a full name. */
export type Declaration =
  | PackageNode
  | MessageNode
  | FieldNode
  | OneofNode
  | EnumNode
  | EnumValueNode
  | ServiceNode
  | MethodNode;

/** A package of any number of files; the nameless root package has the empty full name. */
export interface PackageNode {
  readonly kind: "package";
  readonly name: string;
  readonly fullName: string;
  readonly parent: PackageNode | undefined;
  readonly members: Map<string, Declaration>;
  /** The first file that names the package. */
  readonly file: FileNode | undefined;
}

/** One import statement; `file` is set once it is found. */
export interface ImportNode {
  readonly name: string;
  readonly at: number;
  readonly modifier: "public" | "weak" | "option" | undefined;
  file: FileNode | undefined;
}

type Syntax = "proto2" | "proto3" | "editions";

export interface FileNode {
  readonly kind: "file";
  readonly name: string;
  readonly source: SourceFile;
  readonly proto: FileDescriptorProto;
  syntax: Syntax;
  /** `google.protobuf.Edition`: 998 is proto2, 999 proto3. */
  edition: number;
  packageAt: number;
  package: PackageNode | undefined;
  imports: readonly ImportNode[];
  messages: readonly MessageNode[];
  enums: readonly EnumNode[];
  extensions: readonly FieldNode[];
  services: readonly ServiceNode[];
  options: readonly OptionStatement[];
  features: FeatureSet | undefined;
  /** The file itself, its imports and what these import publicly. */
  visible: Set<FileNode>;
  /** Has errors of syntax, or needs a file that has: its contents are not to be trusted. */
  broken: boolean;
  /** Has errors of any kind, or needs a file that has: options that use it cannot be interpreted. */
  failed: boolean;
}

export interface MessageNode {
  readonly kind: "message";
  readonly name: string;
  readonly at: number;
  readonly file: FileNode;
  readonly parent: MessageNode | undefined;
  readonly proto: DescriptorProto;
  fullName: string;
  fields: readonly FieldNode[];
  oneofs: readonly OneofNode[];
  messages: readonly MessageNode[];
  enums: readonly EnumNode[];
  extensions: readonly FieldNode[];
  ranges: readonly ExtensionRangeNode[];
  /** Offsets of `proto.reservedRange`. */
  reservedAt: readonly number[];
  options: readonly OptionStatement[];
  /** Everything declared in it, by name. */
  readonly members: Map<string, Declaration>;
  /** Made for a map field; `field` is that field. */
  readonly mapField: FieldNode | undefined;
  features: FeatureSet | undefined;
}

/** A field of a message, or an extension. */
export interface FieldNode {
  readonly kind: "field";
  name: string;
  at: number;
  readonly file: FileNode;
  /** The message in whose body it is declared. */
  readonly parent: MessageNode | undefined;
  readonly proto: FieldDescriptorProto;
  readonly isExtension: boolean;
  oneof: OneofNode | undefined;
  startAt: number;
  typeAt: number;
  numberAt: number;
  extendeeAt: number;
  defaultAt: number;
  jsonNameAt: number;
  options: readonly OptionStatement[];
  isMap: boolean;
  /** The message whose field this is: the extended one for an extension. */
  container: MessageNode | undefined;
  /** What the type name resolves to. */
  type: MessageNode | EnumNode | undefined;
  features: FeatureSet | undefined;
}

export interface OneofNode {
  readonly kind: "oneof";
  readonly name: string;
  readonly at: number;
  readonly file: FileNode;
  readonly parent: MessageNode;
  readonly proto: OneofDescriptorProto;
  options: readonly OptionStatement[];
  fields: readonly FieldNode[];
  features: FeatureSet | undefined;
}

export interface EnumNode {
  readonly kind: "enum";
  readonly name: string;
  readonly at: number;
  readonly file: FileNode;
  readonly parent: MessageNode | undefined;
  readonly proto: EnumDescriptorProto;
  fullName: string;
  values: readonly EnumValueNode[];
  reservedAt: readonly number[];
  options: readonly OptionStatement[];
  features: FeatureSet | undefined;
}

export interface EnumValueNode {
  readonly kind: "enum value";
  readonly name: string;
  readonly at: number;
  readonly file: FileNode;
  readonly parent: EnumNode;
  readonly proto: EnumValueDescriptorProto;
  numberAt: number;
  options: readonly OptionStatement[];
}

export interface ExtensionRangeNode {
  readonly proto: DescriptorProto_ExtensionRange;
  readonly at: number;
  options: readonly OptionStatement[];
}

export interface ServiceNode {
  readonly kind: "service";
  readonly name: string;
  readonly at: number;
  readonly file: FileNode;
  readonly proto: ServiceDescriptorProto;
  fullName: string;
  methods: readonly MethodNode[];
  options: readonly OptionStatement[];
  features: FeatureSet | undefined;
}

export interface MethodNode {
  readonly kind: "method";
  readonly name: string;
  readonly at: number;
  readonly file: FileNode;
  readonly parent: ServiceNode;
  readonly proto: MethodDescriptorProto;
  inputAt: number;
  outputAt: number;
  input: MessageNode | undefined;
  output: MessageNode | undefined;
  /** Ends with braces instead of a semicolon: then there is an options message, if only an empty one. */
  hasBody: boolean;
  options: readonly OptionStatement[];
}

/** `a.b` and `c` make `a.b.c`; an empty scope adds nothing. */
export function qualify(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}

/** Full name of any declaration. Enum values are siblings of their enum, not members of it. */
export function fullNameOf(node: Declaration): string {
  switch (node.kind) {
    case "package":
    case "message":
    case "enum":
    case "service":
      return node.fullName;
    case "enum value":
      return qualify(enclosingName(node.parent), node.name);
    case "method":
    case "oneof":
      return qualify(node.parent.fullName, node.name);
    case "field":
      return qualify(enclosingName(node), node.name);
  }
}

/** Full name of the message, or else the package, that a declaration stands in. */
function enclosingName(node: {
  readonly parent: MessageNode | undefined;
  readonly file: FileNode;
}): string {
  return node.parent?.fullName ?? node.file.proto.package;
}
