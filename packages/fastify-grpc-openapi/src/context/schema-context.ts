import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import type { JsonOptions, Schema } from "grpc-transcoding";
import type { Annotations } from "../annotation/annotations.ts";
import type { IsVisible } from "../annotation/visibility.ts";
import type { SchemaObject } from "../model/openapi.ts";

/** What the schemas of messages, enums and fields are made from. */
export interface SchemaContext {
  readonly schema: Schema;
  /** The codec's options: the document shows the JSON that they make. */
  readonly json: JsonOptions;
  readonly annotations: Annotations;
  readonly isVisible: IsVisible;
  /** How oneofs are written, see `GrpcDocumentOptions.oneof`. */
  readonly oneof: "guard" | "union";
  /** Whether the first enum value is left out when its name ends in `_UNSPECIFIED`. */
  readonly omitUnspecified: boolean;
  /** Whether a message is part of a response, directly or within another. */
  readonly isResponseMessage: (message: DescMessage) => boolean;
  /** A reference to the component of a message or enum, which is made on first use. */
  readonly ref: (type: DescMessage | DescEnum) => SchemaObject;
}
