import type { HttpBinding } from "grpc-transcoding";
import type { HeaderObject, ParameterObject, ResponseObject } from "../model/openapi.ts";
import { binaryContent } from "./request-body.ts";

/** The headers by which a client asks for a part of a download (RFC 9110, section 14); none where there are no parts. */
export function rangeParameters({ ranges }: HttpBinding): ParameterObject[] {
  if (!ranges) return [];
  return [
    header("Range", "The part that is wanted; without it, the whole.", "bytes=0-1023"),
    header("If-Range", "The entity tag or date of the parts at hand: any other file comes whole."),
  ];
}

function header(name: string, description: string, example?: string): ParameterObject {
  return {
    name,
    in: "header",
    description,
    schema: { type: "string" },
    ...(example !== undefined && { example }),
  };
}

/** The head of a download that can be had in parts. */
export function rangeHeaders({ ranges }: HttpBinding): Record<string, HeaderObject> {
  if (!ranges) return {};
  const description = "That parts can be asked for.";
  return { "Accept-Ranges": { description, schema: { type: "string", enum: ["bytes"] } } };
}

/** The response that is a part of a download. */
export function partResponses(binding: HttpBinding): Record<string, ResponseObject> {
  if (!binding.ranges) return {};
  const contentRange = {
    description: "Which part it is: `bytes 0-1023/4096`.",
    schema: { type: "string" },
  };
  const headers = { ...rangeHeaders(binding), "Content-Range": contentRange };
  return { 206: { description: "The part asked for.", headers, content: binaryContent() } };
}
