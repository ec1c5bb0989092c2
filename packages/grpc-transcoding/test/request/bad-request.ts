import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { FieldViolation } from "../../src/status/error-details.ts";
import { StatusError } from "../../src/status/status-error.ts";

/** The field violations of the StatusError with INVALID_ARGUMENT that `run` throws. */
export function violationsOf(run: () => unknown): FieldViolation[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof StatusError) || error.codeName !== "INVALID_ARGUMENT") throw error;
    const [detail] = error.status.details;
    if (detail?.typeUrl !== "type.googleapis.com/google.rpc.BadRequest") throw error;
    return readBadRequest(detail.value);
  }
  throw new Error("nothing was thrown");
}

/** The reasons of {@link violationsOf}. */
export function reasonsOf(run: () => unknown): (string | undefined)[] {
  return violationsOf(run).map(({ reason }) => reason);
}

function readBadRequest(bytes: Uint8Array): FieldViolation[] {
  return readStrings(bytes).map((violation) => {
    const [field = "", description = "", reason = ""] = fieldsOf(violation.value);
    return { field, description, reason };
  });
}

function fieldsOf(bytes: Uint8Array): string[] {
  const fields: string[] = [];
  for (const { number, value } of readStrings(bytes))
    fields[number - 1] = Buffer.from(value).toString();
  return fields;
}

function readStrings(bytes: Uint8Array): { number: number; value: Uint8Array }[] {
  const reader = new BinaryReader(bytes);
  const found: { number: number; value: Uint8Array }[] = [];
  while (reader.pos < reader.len) {
    const [number] = reader.tag();
    found.push({ number, value: reader.bytes() });
  }
  return found;
}
