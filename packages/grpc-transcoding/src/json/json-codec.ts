import type { DescField, DescMessage } from "@bufbuild/protobuf";

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
   * What {@link JsonCodec.parse} does with equal keys in one object: the last counts, as the ProtoJSON
   * format asks for, or they are an error, which costs a second look at the whole text.
   * @default "last"
   */
  readonly duplicateKeys?: "last" | "reject";
}

/** The constant texts around the messages of a stream. */
export interface MessageFrame {
  /** Before the first message of the stream. */
  readonly first: string;
  /** Before each other one. */
  readonly before: string;
  readonly after: string;
}

/** Prints messages, each with its frame. `index` is the number of messages that came before them in the stream. */
export type PrintSequence = (
  messages: readonly Uint8Array[],
  index: number,
  frame: MessageFrame,
) => Buffer;

/**
 * Canonical ProtoJSON between parsed JSON and protobuf bytes, compiled lazily per message type.
 * All errors of input are {@link JsonError}s with field paths; the caller makes a status of them.
 */
export interface JsonCodec {
  readonly options: JsonOptions;
  /**
   * JSON text to the value that {@link toWire}'s functions take. Keeps integers beyond 2^53 exact, as
   * bigint. Rejects text that is not UTF-8 or not JSON.
   */
  parse(text: Uint8Array): unknown;
  /** A compiled function from a parsed JSON value to the message's protobuf bytes. */
  toWire(message: DescMessage): (value: unknown) => Buffer;
  /**
   * As {@link toWire} of what {@link parse} returns, but without values in between, which takes half the
   * time. The entries of a map come in the order of the text.
   */
  textToWire(message: DescMessage): (text: Uint8Array) => Buffer;
  /** A compiled function from a message's protobuf bytes to its JSON text. */
  toJson(message: DescMessage): (bytes: Uint8Array) => Buffer;
  /** Like {@link toJson}, for several messages of a stream in one text. `index` is that of the first of them. */
  toJsonSequence(message: DescMessage | DescField): PrintSequence;
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
