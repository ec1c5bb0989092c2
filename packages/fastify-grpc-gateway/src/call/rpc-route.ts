import type { HttpBinding, MethodTranscoder } from "grpc-transcoding";
import type { MountedRoute } from "../mount/route-selection.ts";

/** A binding in the route table, with everything compiled that its requests need. */
export interface RpcRoute extends MountedRoute {
  readonly binding: HttpBinding;
  readonly transcoder: MethodTranscoder;
  /** Whether a body of another content type than JSON is refused (415). */
  readonly jsonBody: boolean;
}
