import { explainRoute, formatExplanation } from "grpc-transcoding";
import { buildDocument } from "../document/build-document.ts";
import { type OpenApiDocument, pathItemMethods } from "../model/openapi.ts";
import { type Command, choice } from "./command.ts";
import { loadSource, sourceHelp, sourceOptions } from "./source-options.ts";
import { UsageError } from "./usage-error.ts";

/** `grpc-openapi explain`: tells which method a request reaches, and why. */
export const explain: Command = {
  summary: "tell which method a request reaches, and why",
  help: `Usage: grpc-openapi explain [options] METHOD URL PROTO...

Tells which rpc a request would call, what its path variables are, why other routes that match were
not chosen, and the operation of the document. Exits with 1 when nothing would answer the request.

  grpc-openapi explain GET /v1/shelves/1/books/2 proto

Options:
      --format FORMAT      text or json; default text

${sourceHelp}`,
  options: { ...sourceOptions, format: { type: "string" } },
  async run(values, positionals, context) {
    const [method, url, ...protos] = positionals;
    if (method === undefined || url === undefined) throw new UsageError("give METHOD URL");
    if (!url.startsWith("/")) throw new UsageError(`the URL ${JSON.stringify(url)} is no path`);
    const format = choice(values, "format", ["text", "json"]) ?? "text";
    const { source, document } = await loadSource(values, protos);
    const sets = [{ name: source.name, prefix: source.prefix, routes: source.bindings }];
    const explanation = explainRoute(sets, method.toUpperCase(), url);
    const route = explanation.chosen?.route;
    const operation =
      route && "method" in route
        ? findOperation(
            buildDocument({ ...source, bindings: [route] }, document),
            route.httpMethod.toLowerCase(),
          )
        : undefined;
    if (format === "json") {
      const { status, captures, allow, reason } = explanation;
      const rpc = route && "method" in route ? route.method.path : undefined;
      context.out(
        `${JSON.stringify({ status, rpc, captures, allow, reason, operation }, null, 2)}\n`,
      );
    } else {
      const line = operation === undefined ? "" : `\noperation: ${operation}`;
      context.out(`${formatExplanation(explanation)}${line}\n`);
    }
    return explanation.status === 200 ? 0 : 1;
  },
};

function findOperation({ paths }: OpenApiDocument, method: string): string | undefined {
  const [path] = Object.keys(paths);
  const key = pathItemMethods.find((one) => one === method) ?? "post";
  return path === undefined ? undefined : `${key.toUpperCase()} ${path}`;
}
