import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** fastify.grpc.v1.ContentDisposition: how a file wants to be shown (fastify/grpc/v1/content_disposition.proto). */
export interface ContentDisposition {
  /** The name to save it under, in any language. */
  readonly filename: string;
  /** Whether a browser may show it in place. */
  readonly inline: boolean;
}

const typeName = "fastify.grpc.v1.ContentDisposition";

/**
 * The last fastify.grpc.v1.ContentDisposition among extensions, which are the bytes of google.protobuf.Any; undefined for
 * none. Throws for malformed bytes.
 */
export function readContentDisposition(
  extensions: readonly Uint8Array[],
): ContentDisposition | undefined {
  let found: ContentDisposition | undefined;
  for (const bytes of extensions) {
    const { text, bytes: value } = readTwoFields(bytes);
    if (text.slice(text.lastIndexOf("/") + 1) !== typeName) continue;
    const { text: filename, flag: inline } = readTwoFields(value);
    found = { filename, inline };
  }
  return found;
}

/** A message of a text, and bytes or a flag behind it: google.protobuf.Any, and ours. */
function readTwoFields(bytes: Uint8Array): { text: string; bytes: Uint8Array; flag: boolean } {
  const reader = new BinaryReader(bytes);
  const fields = { text: "", bytes: bytes.subarray(0, 0), flag: false };
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1 && wireType === WireType.LengthDelimited) fields.text = reader.string();
    else if (number === 2 && wireType === WireType.LengthDelimited) fields.bytes = reader.bytes();
    else if (number === 2 && wireType === WireType.Varint) fields.flag = reader.bool();
    else reader.skip(wireType, number);
  }
  return fields;
}

/** The longest name that common file systems take. */
const maxNameLength = 255;

/**
 * The value of the header Content-Disposition (RFC 6266): a name that is not plain ASCII stands in `filename*`
 * (RFC 8187), with a plain one beside it for clients that do not read that. What could name a folder, end the header
 * or turn the text around is taken out of the name.
 */
export function contentDispositionText({
  filename,
  inline = false,
}: Partial<ContentDisposition>): string {
  const type = inline ? "inline" : "attachment";
  const name = safeName(filename ?? "");
  if (name === "") return type;
  // RFC 6266, appendix D: clients read escapes differently, so there is nothing to escape.
  const plain = name.replace(/[^\x20-\x7e]|["%]/gu, "_");
  const quoted = `${type}; filename="${plain}"`;
  return plain === name ? quoted : `${quoted}; filename*=UTF-8''${extendedValue(name)}`;
}

function safeName(filename: string): string {
  const name = filename
    // Control characters, and those that change the direction of the text: "exe.\u202egpj".
    .replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "")
    .replace(/[/\\]/g, "_")
    .trim();
  if (/^\.+$/.test(name)) return "";
  const characters = [...name];
  // From its end, which says what it is.
  return characters.slice(-maxNameLength).join("");
}

/** RFC 8187, section 3.2.1: all but `attr-char` as the octets of UTF-8. */
function extendedValue(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
