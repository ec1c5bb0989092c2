import {
  type DescMethod,
  type DescService,
  type FileRegistry,
  getExtension,
  hasExtension,
} from "@bufbuild/protobuf";

/**
 * The value of a custom option such as `"google.api.http"`, as @bufbuild/protobuf represents it by
 * the registry's own descriptor of the option; undefined when it is not set, or not known.
 */
export function readOption(
  element: DescMethod | DescService,
  registry: FileRegistry,
  name: string,
): unknown {
  const extension = registry.getExtension(name);
  const options = element.proto.options;
  if (extension === undefined || options === undefined) return undefined;
  return hasExtension(options, extension) ? getExtension(options, extension) : undefined;
}
