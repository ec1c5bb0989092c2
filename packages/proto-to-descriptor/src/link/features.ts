import type { FeatureSet as FeatureSetProto } from "@bufbuild/protobuf/wkt";
import type {
  EnumNode,
  FieldNode,
  FileNode,
  MessageNode,
  OneofNode,
} from "../model/declaration.ts";
import type { FeatureSet } from "../model/feature-set.ts";
import { GROUP, LABEL_REPEATED, LABEL_REQUIRED, MESSAGE, STRING } from "../model/scalar-type.ts";

const IMPLICIT = 2;
const LEGACY_REQUIRED = 3;
const CLOSED = 2;
const PACKED = 1;
const DELIMITED = 2;
const JSON_ALLOW = 1;
const STYLE2024 = 1;

const PROTO2: FeatureSet = {
  fieldPresence: 1,
  enumType: 2,
  repeatedFieldEncoding: 2,
  utf8Validation: 3,
  messageEncoding: 1,
  jsonFormat: 2,
  enforceNamingStyle: 2,
  defaultSymbolVisibility: 1,
};
const PROTO3: FeatureSet = {
  ...PROTO2,
  fieldPresence: 2,
  enumType: 1,
  repeatedFieldEncoding: 1,
  utf8Validation: 2,
  jsonFormat: 1,
};
const EDITION_2023: FeatureSet = { ...PROTO3, fieldPresence: 1 };
const EDITION_2024: FeatureSet = {
  ...EDITION_2023,
  enforceNamingStyle: 1,
  defaultSymbolVisibility: 2,
};

/** Defaults by `google.protobuf.Edition`, from the `edition_defaults` in descriptor.proto. */
const DEFAULTS: Readonly<Record<number, FeatureSet>> = {
  998: PROTO2,
  999: PROTO3,
  1000: EDITION_2023,
  1001: EDITION_2024,
};

const merge = (parent: FeatureSet, own: FeatureSetProto | undefined): FeatureSet => {
  if (own === undefined) return parent;
  const merged: Record<string, number> = { ...parent };
  for (const name of Object.keys(parent)) {
    const value = own[name as keyof FeatureSet] as number;
    if (Object.hasOwn(own, name)) merged[name] = value;
  }
  return merged as unknown as FeatureSet;
};

/**
 * Resolves the features of a declaration: its own over those of what encloses it, over those of
 * the edition. Call it once the options of the file that have plain names are interpreted.
 */
export function featuresOf(
  node: FileNode | MessageNode | FieldNode | OneofNode | EnumNode,
): FeatureSet {
  if (node.features !== undefined) return node.features;
  const parent =
    node.kind === "file"
      ? (DEFAULTS[node.edition] ?? PROTO2)
      : node.kind === "field" && node.oneof !== undefined
        ? featuresOf(node.oneof)
        : featuresOf(node.parent ?? node.file);
  node.features = merge(parent, node.proto.options?.features);
  return node.features;
}

export function isRepeated({ proto }: FieldNode): boolean {
  return proto.label === LABEL_REPEATED;
}

/** A field that has to be set, in any syntax. */
export function isRequired(field: FieldNode): boolean {
  if (field.proto.label === LABEL_REQUIRED) return true;
  return (
    field.file.syntax === "editions" &&
    !isRepeated(field) &&
    featuresOf(field).fieldPresence === LEGACY_REQUIRED
  );
}

/** Whether a message is framed by tags rather than by its length. */
export function isDelimited(field: FieldNode): boolean {
  const { type } = field.proto;
  if ((type as number) === GROUP) return true;
  if (field.file.syntax !== "editions" || (type as number) !== MESSAGE) return false;
  if (field.isMap || field.parent?.mapField !== undefined) return false;
  return featuresOf(field).messageEncoding === DELIMITED;
}

/** Whether the type is one that repeated fields may pack: a number, a bool or an enum. */
export function isPackable({ proto }: FieldNode): boolean {
  const type = proto.type as number;
  return type < STRING || type > 12;
}

export function isPacked(field: FieldNode): boolean {
  if (!isRepeated(field) || !isPackable(field)) return false;
  const packed = field.proto.options;
  if (packed !== undefined && Object.hasOwn(packed, "packed")) return packed.packed;
  return featuresOf(field).repeatedFieldEncoding === PACKED;
}

/** Whether an unset field differs from one that is set to its zero value. */
export function hasPresence(field: FieldNode): boolean {
  if (isRepeated(field)) return false;
  const type = field.proto.type as number;
  if (type === MESSAGE || type === GROUP || field.isExtension || field.oneof !== undefined) {
    return true;
  }
  return featuresOf(field).fieldPresence !== IMPLICIT;
}

export function isClosed(node: EnumNode): boolean {
  return featuresOf(node).enumType === CLOSED;
}

/** Whether conflicts of JSON names are errors. */
export function allowsJson(node: MessageNode | EnumNode): boolean {
  return featuresOf(node).jsonFormat === JSON_ALLOW;
}

export function enforcesNamingStyle(
  node: FileNode | MessageNode | FieldNode | OneofNode | EnumNode,
): boolean {
  return featuresOf(node).enforceNamingStyle === STYLE2024;
}

export function isMessageType({ proto }: FieldNode): boolean {
  const type = proto.type as number;
  return type === MESSAGE || type === GROUP;
}
