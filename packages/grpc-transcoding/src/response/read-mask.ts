import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { FieldTree } from "../json/masked-message.ts";
import type { FieldPath } from "../model/field-path.ts";
import type { HttpBinding } from "../model/schema.ts";
import { compileFindField } from "../wire/field-finder.ts";

/** What a request becomes whose client wants some fields of the response. */
export type FillReadMask = (request: Buffer, wanted: FieldTree) => Buffer;

/**
 * Compiles the filling of a request's `read_mask` (AIP-157), where the method has one: it names fields of the resource, which is
 * the response, or what the list of a List method has (AIP-132). A mask that the client has sent stays. `needed` are fields
 * of the response that the gateway reads itself: the service is asked for them too.
 */
export function compileReadMask(
  { method, responseBody }: HttpBinding,
  needed: readonly FieldPath[] = [],
): FillReadMask | undefined {
  const field = method.input.fields.find(isReadMask);
  if (field === undefined) return undefined;
  const find = compileFindField([field]);
  const list = responseBody === undefined ? listOf(method.output) : undefined;
  const resource = responseBody ?? list;
  const always = needed.flatMap(({ fields: [first, ...below] }) => {
    if (resource === undefined) return [[first, ...below]];
    return first === resource && below.length > 0 ? [below] : [];
  });
  return (request, wanted) => {
    const tree = list === undefined ? wanted : wanted.get(list);
    if (tree === undefined || tree.size === 0 || find(request) >= 0) return request;
    const mask = new BinaryWriter();
    const paths = [...pathsOf(tree, [])];
    const missing = always
      .map((fields) => fields.map(({ name }) => name).join("."))
      .filter((path) => !paths.some((wanted) => `${path}.`.startsWith(`${wanted}.`)));
    for (const path of new Set([...paths, ...missing])) {
      mask.tag(1, WireType.LengthDelimited).string(path);
    }
    const writer = new BinaryWriter();
    writer.tag(field.number, WireType.LengthDelimited).bytes(mask.finish());
    return Buffer.concat([request, writer.finish()]);
  };
}

/** The resources in the response of a List method, which is told by its page token (AIP-158). */
function listOf({ fields }: DescMessage): DescField | undefined {
  if (!fields.some(({ name }) => name === "next_page_token")) return undefined;
  const lists = fields.filter((field) => field.fieldKind === "list" && field.message);
  return lists.length === 1 ? lists[0] : undefined;
}

function isReadMask(field: DescField): boolean {
  return (
    field.name === "read_mask" &&
    field.fieldKind === "message" &&
    field.message.typeName === "google.protobuf.FieldMask" &&
    !field.delimitedEncoding
  );
}

/** The paths of a mask, in proto names; one that leads through a list or a map ends there. */
function* pathsOf(tree: FieldTree, above: readonly string[]): Generator<string> {
  for (const [field, below] of tree) {
    const path = [...above, field.name];
    if (below.size === 0 || field.fieldKind !== "message") yield path.join(".");
    else yield* pathsOf(below, path);
  }
}
