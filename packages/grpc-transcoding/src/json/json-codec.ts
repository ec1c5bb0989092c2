import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { RequestEncoder, RequestLayout } from "./request-layout.ts";

export { JsonError, type JsonViolation } from "./json-error.ts";

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
  /**
   * Names of enum values as declared, or without what all names of an enum begin with, which is its own (`BOOK_KIND_`).
   * Both are read. @default "full"
   */
  readonly enumNames?: "full" | "short";
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
 * Canonical ProtoJSON between JSON text and protobuf bytes, compiled lazily per message type.
 * All errors of input are {@link JsonError}s with field paths; the caller makes a status of them.
 */
export interface JsonCodec {
  readonly options: JsonOptions;
  /** A compiled function from a message's JSON text to its protobuf bytes. The entries of a map keep their order. */
  textToWire(message: DescMessage): (text: Uint8Array) => Buffer;
  /** Compiles the requests of an HTTP binding: their parts to the protobuf bytes of their message. */
  requestToWire(layout: RequestLayout): RequestEncoder;
  /**
   * A compiled function from a JSON value to the message's protobuf bytes. Goes by way of its text: for what is
   * rare or small.
   */
  toWire(message: DescMessage): (value: unknown) => Buffer;
  /** A compiled function from a message's protobuf bytes to its JSON text. */
  toJson(message: DescMessage): (bytes: Uint8Array) => Buffer;
  /** Like {@link toJson}, for several messages of a stream in one text. `index` is that of the first of them. */
  toJsonSequence(message: DescMessage | DescField): PrintSequence;
  /** Like {@link toJson}, for the value of one field (`response_body`); an unset field prints its default. */
  fieldToJson(field: DescField): (bytes: Uint8Array) => Buffer;
  /**
   * Printers of {@link maskMessage}'s descriptors, which live no longer than what this returns; of other messages it has
   * those of the codec.
   */
  maskedPrinters(): ResponsePrinters;
}

/** What makes JSON text of responses. */
export type ResponsePrinters = Pick<JsonCodec, "toJson" | "toJsonSequence" | "fieldToJson">;
