/** An integer of HPACK behind a prefix of seven bits (RFC 7541 section 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  return Buffer.concat([integer(value.length), Buffer.from(value, "latin1")]);
}

/** A field that enters the receiver's table, so that one byte names it from then on (section 6.2.1). */
export function remembered(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
}

/** A field that does not (section 6.2.2). */
export function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** The byte that names the field which was remembered last: the first place of the dynamic table. */
export const newest = 0xbe;

const method = { GET: 0x82, POST: 0x83 } as const;
// Names of the static table (appendix A).
const authority = 1;
const path = 4;
const scheme = 0x86;

/** The header block of a request; further fields may be put behind it. */
export function requestBlock(
  verb: keyof typeof method,
  target: string,
  fields: Readonly<Record<string, string>> = {},
): Buffer {
  return Buffer.concat([
    Buffer.from([method[verb], scheme, authority]),
    text("localhost"),
    Buffer.from([path]),
    text(target),
    ...Object.entries(fields).map(([name, value]) => field(name, value)),
  ]);
}

const grpcFields = { "content-type": "application/grpc", te: "trailers" };

/** The header block of a native call of the attacked service. */
export function callBlock(name: string, fields: Readonly<Record<string, string>> = {}): Buffer {
  return requestBlock("POST", `/attacked.v1.Attacked/${name}`, { ...grpcFields, ...fields });
}
