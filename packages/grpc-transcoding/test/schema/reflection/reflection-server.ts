import type { DescMessage } from "@bufbuild/protobuf";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  Code,
  createSchema,
  type MetadataEntries,
  type Status,
  type Transport,
} from "grpc-transcoding";
import { bundledFile } from "../../../src/bundled/bundled-file.ts";

/** Answers one request of the oneof's name and value: with a ServerReflectionResponse, or with bytes, or by ending the call. */
export type Answer = (kind: string, name: string) => object | Uint8Array | Status;

const { registry } = createSchema(
  [bundledFile("grpc/reflection/v1/reflection.proto")].filter((file) => file !== undefined),
);

function message(name: string): DescMessage {
  const found = registry.getMessage(`grpc.reflection.v1.${name}`);
  if (found === undefined) throw new Error(name);
  return found;
}

/** A transport to a server that has nothing but reflection, of the given versions. */
export function reflectionTransport(
  answer: Answer,
  versions: readonly string[] = ["v1", "v1alpha"],
): Transport & { readonly paths: string[]; readonly cancelled: string[] } {
  const paths: string[] = [];
  const cancelled: string[] = [];
  return {
    paths,
    cancelled,
    start({ method: { path } }, receiver) {
      paths.push(path);
      let ended = false;
      const replies: (() => void)[] = [];
      let wanted = 0;
      const end = (status: Status, trailers: MetadataEntries = []): void => {
        if (!ended) queueMicrotask(() => receiver.onStatus(status, trailers));
        ended = true;
      };
      const deliver = (): void => {
        while (!ended && wanted > 0 && replies.length > 0) {
          wanted -= 1;
          queueMicrotask(replies.shift() ?? (() => {}));
        }
      };
      if (!versions.some((version) => path.startsWith(`/grpc.reflection.${version}.`))) {
        end({ code: Code.UNIMPLEMENTED, message: "unknown service", details: [] });
      }
      return {
        send(bytes) {
          const request = fromBinary(message("ServerReflectionRequest"), bytes) as unknown as {
            messageRequest: { case: string; value: string };
          };
          const reply = answer(request.messageRequest.case, request.messageRequest.value);
          if ("code" in reply) return end(reply as Status);
          const payload = reply instanceof Uint8Array ? reply : encodeResponse(reply);
          replies.push(() => receiver.onMessage(payload));
          deliver();
        },
        read() {
          wanted += 1;
          deliver();
        },
        halfClose() {},
        cancel(status) {
          cancelled.push(status.message);
          end(status);
        },
      };
    },
    close() {},
  };
}

function encodeResponse(init: object): Uint8Array {
  const desc = message("ServerReflectionResponse");
  return toBinary(desc, create(desc, init as MessageInitShape<typeof desc>));
}
