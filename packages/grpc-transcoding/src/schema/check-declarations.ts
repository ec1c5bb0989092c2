import { isFieldSet } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";
import { enumsOf, fieldsByName, messagesOf, qualifiedName } from "./file-declarations.ts";
import { declarationProblem, type ReportProblem } from "./schema-error.ts";

/**
 * Of a package (protoc's kMaximumPackageLength in descriptor.cc), and here of every name: full names
 * are joined of them, so that what is long and nested would take memory by its square.
 */
const maxNameLength = 511;

/** Of paths on Linux. */
const maxFileNameLength = 4096;

/** google/protobuf/descriptor.proto; extensions of a MessageSet go further. */
const maxFieldNumber = 2 ** 29 - 1;

const identifiers = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/**
 * Reports what no compiler writes, and what protobuf-es takes all the same: descriptors that were damaged,
 * or that a server made up, are to fail here and not in a request. Names of declarations it checks itself.
 */
export function checkDeclarations(file: FileDescriptorProto, report: ReportProblem): void {
  if (!checkNames(file, report)) return;
  const wrong = (name: string, what: string): void =>
    report(declarationProblem(`${file.name}: ${name}`, undefined, `${what}; ${fix}`));
  for (const [name, { value }] of enumsOf(file)) {
    if (value.length === 0) wrong(name, "the enum has no value");
  }
  for (const [name, message] of messagesOf(file)) checkMessage(name, message, wrong);
  for (const [name, field] of fieldsByName(file)) checkField(name, field, wrong);
}

const fix = "make the descriptors again, with protoc or buf build";

type Wrong = (name: string, what: string) => void;

/** Reports names that must not be joined to full names; false when there are some. */
function checkNames(file: FileDescriptorProto, report: ReportProblem): boolean {
  const { name, package: scope } = file;
  if (name === "" || name.length > maxFileNameLength) {
    const what = name === "" ? "no name" : `a name of ${name.length} characters`;
    report({ message: `a file of the descriptors has ${what}; ${fix}` });
    return false;
  }
  const found: string[] = [];
  if (scope !== "" && !identifiers.test(scope)) {
    found.push(`the package ${JSON.stringify(scope.slice(0, 100))} is no name`);
  }
  const long = namesIn(file).find((one) => one.length > maxNameLength);
  if (long !== undefined) {
    const start = JSON.stringify(long.slice(0, 40));
    found.push(`the name that starts with ${start} has more than ${maxNameLength} characters`);
  }
  for (const what of found) report(declarationProblem(name, undefined, `${what}; ${fix}`));
  return found.length === 0;
}

function namesIn({ package: scope, ...file }: FileDescriptorProto): readonly string[] {
  const names = [scope];
  const add = (declarations: readonly { readonly name: string }[]): void => {
    for (const { name } of declarations) names.push(name);
  };
  const addMessages = (messages: readonly DescriptorProto[]): void => {
    add(messages);
    for (const { enumType, extension, nestedType } of messages) {
      add(enumType);
      add(extension);
      addMessages(nestedType);
    }
  };
  addMessages(file.messageType);
  for (const one of [file.enumType, file.extension, file.service]) add(one);
  return names;
}

function checkMessage(name: string, message: DescriptorProto, wrong: Wrong): void {
  const numbers = new Set<number>();
  const names = new Set<string>();
  for (const field of message.field) {
    const fieldName = qualifiedName(name, field.name);
    if (numbers.has(field.number)) wrong(fieldName, `the number ${field.number} is taken`);
    if (names.has(field.name)) wrong(fieldName, "the name is taken");
    numbers.add(field.number);
    names.add(field.name);
    if (field.number > maxFieldNumber) wrong(fieldName, `its number is above ${maxFieldNumber}`);
    const { oneofIndex } = field;
    if (isFieldSet(field, oneofIndexField) && message.oneofDecl[oneofIndex] === undefined) {
      wrong(fieldName, `there is no oneof with the index ${oneofIndex}`);
    }
  }
  if (message.options?.mapEntry === true && !isMapEntry(message)) {
    wrong(name, "an entry of a map has two fields, a key and a value, with the numbers 1 and 2");
  }
}

const oneofIndexField = FieldDescriptorProtoSchema.field.oneofIndex;
const typeField = FieldDescriptorProtoSchema.field.type;

function checkField(name: string, field: FieldDescriptorProto, wrong: Wrong): void {
  if (field.number < 1) wrong(name, `its number is ${field.number}`);
  // A type that protobuf-es does not know is unset, too; it would become a double.
  if (!isFieldSet(field, typeField) || Type[field.type] === undefined) {
    wrong(name, "it has no type, or none that is known");
  }
}

const keyTypes: ReadonlySet<Type> = new Set([
  Type.INT32,
  Type.INT64,
  Type.UINT32,
  Type.UINT64,
  Type.SINT32,
  Type.SINT64,
  Type.FIXED32,
  Type.FIXED64,
  Type.SFIXED32,
  Type.SFIXED64,
  Type.BOOL,
  Type.STRING,
]);

/** Whether map fields can be made of it (google/protobuf/descriptor.proto, `MessageOptions.map_entry`). */
function isMapEntry({ field }: DescriptorProto): boolean {
  const key = field.find(({ number }) => number === 1);
  const value = field.find(({ number }) => number === 2);
  if (key === undefined || value === undefined || field.length > 2) return false;
  const isRepeated = [key, value].some(({ label }) => label === Label.REPEATED);
  return !isRepeated && keyTypes.has(key.type);
}
