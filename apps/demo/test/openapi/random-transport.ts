import type { DescField } from "@bufbuild/protobuf";
import { getOption, hasOption } from "@bufbuild/protobuf";
import {
  Code,
  encodeStatusDetails,
  errorInfoDetail,
  type MethodSchema,
  type Schema,
  type Transport,
} from "grpc-transcoding";
import type { Random } from "./random.ts";
import { randomMessage } from "./random-message.ts";

/** The metadata key by which a test asks for the declared error of this index. */
export const failKey = "x-fail";

/**
 * A service that answers every method of a schema with random messages, or with the declared error
 * that the metadata asks for; streams fail after two messages then.
 */
export function randomTransport(schema: Schema, random: Random): Transport {
  const methods = new Map<string, MethodSchema>(
    schema.services.flatMap((service) => service.methods.map((method) => [method.path, method])),
  );
  const isRequired = requiredBy(schema);
  return {
    start(call, receiver) {
      const method = methods.get(call.method.path) as MethodSchema;
      const wanted = call.metadata.find(([key]) => key === failKey)?.[1];
      let left = method.serverStreaming ? 2 : 1;
      let done = false;
      const finish = (): void => {
        if (done) return;
        done = true;
        if (wanted === undefined) {
          receiver.onStatus({ code: Code.OK, message: "", details: [] }, []);
          return;
        }
        const error = method.errors[Number(wanted)];
        if (error === undefined) throw new Error(`${method.path} declares no error ${wanted}`);
        const { reason, domain } = error;
        const status = {
          code: Code[error.code],
          message: error.message,
          details: reason ? [errorInfoDetail({ reason, domain })] : [],
        };
        receiver.onStatus({ ...status, details: [] }, [
          ["grpc-status-details-bin", encodeStatusDetails(status)],
        ]);
      };
      return {
        send: (_bytes, onAccepted) => onAccepted?.(),
        halfClose() {},
        read() {
          setImmediate(() => {
            if (done) return;
            if (left === 0 || (wanted !== undefined && !method.serverStreaming)) finish();
            else {
              left -= 1;
              receiver.onMessage(randomMessage(method.output, random, isRequired));
            }
          });
        },
        cancel(status) {
          if (done) return;
          done = true;
          setImmediate(() => receiver.onStatus(status, []));
        },
      };
    },
  };
}

/** Whether `(google.api.field_behavior)` of a field has REQUIRED. */
function requiredBy({ registry }: Schema): (field: DescField) => boolean {
  const behavior = registry.getExtension("google.api.field_behavior");
  const required = 2;
  return (field) =>
    behavior !== undefined &&
    field.oneof === undefined &&
    hasOption(field, behavior) &&
    (getOption(field, behavior) as number[]).includes(required);
}
