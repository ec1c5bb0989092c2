import type { FileDescriptorSet } from "@bufbuild/protobuf/wkt";
import { bundledProto } from "grpc-transcoding";
import { compile } from "proto-to-descriptor";

/** An API of so many methods in the style of the AIPs: services of five methods, a resource each. */
export function apiOf(methods: number): FileDescriptorSet {
  const services = Array.from({ length: methods / 5 }, (_, index) => serviceOf(index));
  const text = `syntax = "proto3";
    package bench.v1;
    import "google/api/annotations.proto";
    import "google/api/field_behavior.proto";
    import "google/api/resource.proto";
    import "google/protobuf/empty.proto";
    import "google/protobuf/field_mask.proto";
    import "google/protobuf/timestamp.proto";
    ${services.join("\n")}`;
  return compile({
    files: ["bench.proto"],
    includeDirs: [],
    readFile: (name) => (name === "bench.proto" ? text : bundledProto(name)),
    sourceInfo: true,
  });
}

function serviceOf(n: number): string {
  const name = `Thing${n}`;
  const path = `projects/*/thing${n}s/*`;
  const required = "[(google.api.field_behavior) = REQUIRED]";
  const http = (rule: string): string => `{ option (google.api.http) = { ${rule} }; }`;
  return `
// Keeps things of kind ${n}.
service ${name}Service {
  // Gets a thing.
  rpc Get${name}(Get${name}Request) returns (${name}) ${http(`get: "/v1/{name=${path}}"`)}
  // Lists things.
  rpc List${name}s(List${name}sRequest) returns (List${name}sResponse) ${http(`get: "/v1/{parent=projects/*}/thing${n}s"`)}
  // Creates a thing.
  rpc Create${name}(Create${name}Request) returns (${name}) ${http(`post: "/v1/{parent=projects/*}/thing${n}s" body: "thing"`)}
  // Changes a thing.
  rpc Update${name}(Update${name}Request) returns (${name}) ${http(`patch: "/v1/{thing.name=${path}}" body: "thing"`)}
  // Deletes a thing.
  rpc Delete${name}(Get${name}Request) returns (google.protobuf.Empty) ${http(`delete: "/v1/{name=${path}}"`)}
}
// A thing of kind ${n}.
message ${name} {
  option (google.api.resource) = { type: "bench/${name}" pattern: "projects/{project}/thing${n}s/{thing}" };
  // The name.
  string name = 1;
  // What it is called.
  string display_name = 2 ${required};
  // When it was made.
  google.protobuf.Timestamp create_time = 3 [(google.api.field_behavior) = OUTPUT_ONLY];
  map<string, string> labels = 4;
  // How it is.
  enum State { STATE_UNSPECIFIED = 0; ACTIVE = 1; GONE = 2; }
  State state = 5;
  oneof size { int64 bytes = 6; double meters = 7; }
  repeated ${name} parts = 8;
}
message Get${name}Request { string name = 1 ${required}; }
message List${name}sRequest { string parent = 1 ${required}; int32 page_size = 2; string page_token = 3; string filter = 4; }
message List${name}sResponse { repeated ${name} things = 1; string next_page_token = 2; }
message Create${name}Request { string parent = 1 ${required}; ${name} thing = 2 ${required}; string thing_id = 3; }
message Update${name}Request { ${name} thing = 1 ${required}; google.protobuf.FieldMask update_mask = 2; }`;
}
