import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { RequestLayout, RequestParts } from "./request-layout.ts";

/** How messages look as JSON. Compiled into the codec; the document reads the same options. */
export interface JsonOptions {
  /** Field names: `json_name` (lowerCamel) or the proto name. Both are accepted on input. @default "json" */
  readonly naming: "json" | "proto";
  /**
   * Which unset fields are printed: those with implicit presence, lists and maps (`implicit`), none
   * (`set`), or also fields with explicit presence as `null` (`all`, grpc-gateway's EmitUnpopulated;
   * like it, without members of oneofs, which it takes a proto3 `optional` for).
   * @default "implicit"
   */
  readonly emit: "implicit" | "set" | "all";
  /** @default "name" */
  readonly enums: "name" | "number";
  /** What an unknown key of the input does. @default "reject" */
  readonly unknownFields: "reject" | "ignore";
  /**
   * What a google.protobuf.Any of a type that the schema lacks prints as: nothing (an error), or
   * `{"@type": url, "value": base64}`, for error details, which a service may take from anywhere.
   * @default "reject"
   */
  readonly unknownAny?: "reject" | "base64";
  /**
   * What equal keys in one object are: the last counts, as the ProtoJSON format asks for, or an error, which
   * costs a second look at all values whose keys are no fields (maps, Struct, Any, unknown fields).
   * @default "last"
   */
  readonly duplicateKeys?: "last" | "reject";
}

/**
 * Canonical ProtoJSON between JSON text and protobuf bytes, compiled lazily per message type.
 * All errors of input are {@link JsonError}s with field paths; the caller makes a status of them.
 */
export interface JsonCodec {
  readonly options: JsonOptions;
  /** A compiled function from a message's JSON text to its protobuf bytes. The entries of a map keep their order. */
  textToWire(message: DescMessage): (text: Uint8Array) => Buffer;
  /**
   * A compiled function from the parts of a request to the protobuf bytes of its message. Undefined where
   * something is wrong, or right and rare: {@link parse} the body, put the request together and give it to
   * {@link toWire} then.
   */
  requestToWire(layout: RequestLayout): (request: RequestParts) => Buffer | undefined;
  /**
   * JSON text as JavaScript values. Keeps integers beyond 2^53 exact, as bigint. Rejects text that is not
   * UTF-8 or not JSON.
   */
  parse(text: Uint8Array): unknown;
  /** A compiled function that says what is wrong with a parsed JSON value. */
  diagnose(message: DescMessage): (value: unknown) => readonly JsonViolation[];
  /**
   * A compiled function from a parsed JSON value to the message's protobuf bytes. Goes by way of text: for
   * what is rare or small.
   */
  toWire(message: DescMessage): (value: unknown) => Buffer;
  /** A compiled function from a message's protobuf bytes to its JSON text. */
  toJson(message: DescMessage): (bytes: Uint8Array) => Buffer;
  /** Like {@link toJson}, for the value of one field (`response_body`); an unset field prints its default. */
  fieldToJson(field: DescField): (bytes: Uint8Array) => Buffer;
}

/** One thing wrong with a JSON or protobuf input. */
export interface JsonViolation {
  /** In the names of the input: `items[3].address.zipCode`; `""` for the whole. */
  readonly path: string;
  /** What was expected and a short excerpt of what was found. */
  readonly description: string;
}

/** Thrown for input that is not the message's ProtoJSON, or bytes that are not the message. At most 20 violations. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly violations: readonly JsonViolation[];

  constructor(violations: readonly JsonViolation[], options?: ErrorOptions) {
    super(violations.map((v) => (v.path ? `${v.path}: ` : "") + v.description).join("; "), options);
    this.violations = violations;
  }
}
