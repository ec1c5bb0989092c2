import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A directory with a tenants document and protos. */
export interface TenantFiles {
  readonly document: string;
  /** By renaming, as tools that deploy do. */
  write(name: string, text: string): void;
  remove(): void;
}

export function tenantFiles(): TenantFiles {
  const dir = mkdtempSync(join(tmpdir(), "bench-tenants-"));
  return {
    document: join(dir, "tenants.yaml"),
    write(name, text) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** `bench.v1.Shop` with one method that is called, and others that make the API as large as it shall be. */
export function shopProto(methods = 1, marker = ""): string {
  const others = Array.from(
    { length: methods - 1 },
    (_, n) => `
  // Does thing ${n}.
  rpc Do${n}(Thing${n}) returns (Thing${n}) { option (google.api.http) = { post: "/v1/things${n}/{name}" body: "*" }; }`,
  );
  const messages = Array.from(
    { length: methods - 1 },
    (_, n) => `
message Thing${n} { string name = 1; int64 size = 2; repeated string tags = 3; map<string, int32> counts = 4; }`,
  );
  return `syntax = "proto3";
package bench.v1;
import "google/api/annotations.proto";
// ${marker}
service Shop {
  rpc Who(WhoRequest) returns (WhoReply) { option (google.api.http) = { get: "/v1/who" }; }${others.join("")}
}
message WhoRequest { string ask = 1; }
message WhoReply { string name = 1; }${messages.join("")}
`;
}
