import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { Diagnosis } from "./text-to-wire/diagnosis.ts";
import type { TrailStep } from "./text-to-wire/key-trail.ts";
import type { Trailing } from "./text-to-wire/text-position.ts";

/** Where the parts of an HTTP request go in its message. */
export interface RequestLayout {
  readonly message: DescMessage;
  /** What the body's text is: the message (`*`), the value of one of its fields, or nothing. */
  readonly body: "*" | DescField | undefined;
  readonly trailing: Trailing;
  /** The fields that {@link RequestParts.values} are for. What the body says of them does not count. */
  readonly bound: readonly BoundField[];
  /** A FieldMask to be filled from the body's keys. */
  readonly mask: InferredMask | undefined;
}

/** A field whose value does not come from the body. */
export interface BoundField {
  /** The fields from the message to this one; all but the last are messages. */
  readonly path: readonly DescField[];
  /** Whether a body may give this value to the field, if not any. */
  readonly agrees: ((inBody: unknown, value: unknown) => boolean) | undefined;
}

/** A FieldMask that names what the body sets. */
export interface InferredMask {
  readonly field: DescField & { readonly fieldKind: "message" };
  /** The paths of the mask; undefined for keys that make none. */
  pathsOf(trail: readonly TrailStep[]): readonly string[] | undefined;
}

/** One request's parts. */
export interface RequestParts {
  readonly body: Uint8Array;
  /** ProtoJSON of the {@link RequestLayout.bound} fields, in their order. */
  readonly values: readonly unknown[];
  /** ProtoJSON of further fields by their JSON names. Own properties, none of them bound, in the body, or null. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Turns the parts of requests into the protobuf bytes of their message. */
export interface RequestEncoder {
  /** Undefined where something is wrong, or right and rare: {@link diagnose} knows. */
  encode(request: RequestParts): Buffer | undefined;
  /** What is wrong with a request, and its bytes if that is nothing. Throws a JsonError for a body that is not JSON. */
  diagnose(request: RequestParts): RequestDiagnosis;
}

/** What {@link RequestEncoder.diagnose} finds. */
export interface RequestDiagnosis extends Diagnosis {
  /** The keys of the body, if a mask is inferred from them. */
  readonly trail: readonly TrailStep[];
  /** Which of the bound fields the body contradicts. */
  readonly conflicts: ReadonlySet<number>;
}
