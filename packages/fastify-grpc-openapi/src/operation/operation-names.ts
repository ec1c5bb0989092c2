import type { HttpBinding, ServiceSchema } from "grpc-transcoding";
import { uniqueName } from "../path/path-key.ts";

/** Names tags and operations so that they are unique in a document. */
export interface OperationNaming {
  tag(service: ServiceSchema): string;
  /** `Service_Method`, `Service_Method_1` for its second binding, and so on. */
  operationId(binding: HttpBinding): string;
}

/** Short names; services of one short name in several packages are told apart by their package. */
export function operationNaming(bindings: readonly HttpBinding[]): OperationNaming {
  const fullNames = new Map<string, Set<string>>();
  for (const { method } of bindings) {
    const short = method.service.desc.name;
    const names = fullNames.get(short) ?? new Set();
    fullNames.set(short, names.add(method.service.name));
  }
  const taken = new Set<string>();
  const tag = (service: ServiceSchema): string =>
    fullNames.get(service.desc.name)?.size === 1 ? service.desc.name : service.name;
  return {
    tag,
    operationId({ method }) {
      const service = tag(method.service).replace(/\./g, "_");
      const id = uniqueName(`${service}_${method.name}`, taken);
      taken.add(id);
      return id;
    },
  };
}
