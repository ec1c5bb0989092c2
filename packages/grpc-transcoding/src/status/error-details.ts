import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { StatusDetail } from "./status.ts";

// Field numbers: google/rpc/error_details.proto.

/** One entry of google.rpc.BadRequest. */
export interface FieldViolation {
  /** Path of the field, in the names that the client used: `book.authorId`, `items[3].name`. */
  readonly field: string;
  readonly description: string;
  /** UPPER_SNAKE_CASE, unique within the ErrorInfo's domain. */
  readonly reason?: string;
}

/** What a google.rpc.ErrorInfo says: why, and whose vocabulary that is (AIP-193). */
export interface ErrorInfo {
  /** UPPER_SNAKE_CASE, at most 63 characters. */
  readonly reason: string;
  /** The service that defines the reason, for example `"library.example.com"`. */
  readonly domain: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The domain of the ErrorInfo of every failure that a gateway itself decides. */
export const gatewayDomain = "fastify-grpc-gateway";

/** A google.rpc.BadRequest. */
export function badRequestDetail(violations: readonly FieldViolation[]): StatusDetail {
  const writer = new BinaryWriter();
  for (const violation of violations) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeString(writer, 1, violation.field);
    writeString(writer, 2, violation.description);
    writeString(writer, 3, violation.reason ?? "");
    writer.join();
  }
  return detail("google.rpc.BadRequest", writer);
}

/** A google.rpc.ErrorInfo. */
export function errorInfoDetail(info: ErrorInfo): StatusDetail {
  const writer = new BinaryWriter();
  writeString(writer, 1, info.reason);
  writeString(writer, 2, info.domain);
  for (const [key, value] of Object.entries(info.metadata ?? {})) {
    writer.tag(3, WireType.LengthDelimited).fork();
    writeString(writer, 1, key);
    writeString(writer, 2, value);
    writer.join();
  }
  return detail("google.rpc.ErrorInfo", writer);
}

/** A google.rpc.RetryInfo: the client should wait this long before it tries again. */
export function retryInfoDetail(delayMs: number): StatusDetail {
  const seconds = Math.trunc(delayMs / 1000);
  const nanos = Math.round((delayMs - seconds * 1000) * 1e6);
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).fork();
  if (seconds !== 0) writer.tag(1, WireType.Varint).int64(seconds);
  if (nanos !== 0) writer.tag(2, WireType.Varint).int32(nanos);
  writer.join();
  return detail("google.rpc.RetryInfo", writer);
}

function detail(typeName: string, writer: BinaryWriter): StatusDetail {
  return { typeUrl: `type.googleapis.com/${typeName}`, value: writer.finish() };
}

function writeString(writer: BinaryWriter, field: number, value: string): void {
  if (value !== "") writer.tag(field, WireType.LengthDelimited).string(value);
}
