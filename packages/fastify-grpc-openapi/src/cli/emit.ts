import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { buildDocument } from "../document/build-document.ts";
import { renderDocument } from "../document/rendered-document.ts";
import type { OpenApiDocument } from "../model/openapi.ts";
import { lowerDocument, versionOf } from "../version/lower-document.ts";
import { type Command, choice, type OptionValues, text } from "./command.ts";
import { loadSource, sourceHelp, sourceOptions } from "./source-options.ts";
import { UsageError } from "./usage-error.ts";

/** `grpc-openapi emit`: writes a document without a server. */
export const emit: Command = {
  summary: "write the OpenAPI document of some protos, or of an app",
  help: `Usage: grpc-openapi emit [options] PROTO...
       grpc-openapi emit [options] --app MODULE

Writes the OpenAPI document of annotated protos, without a server. With --app, the document of a
Fastify app: with its own routes, and with the error table, formats and options that it really has.

  grpc-openapi emit proto --out openapi.yaml
  grpc-openapi emit --app dist/app.js --out openapi.json

Options:
      --app MODULE         a module whose default export is a Fastify instance, or a function that
                           makes one; it is made ready and closed, but does not listen
  -o, --out FILE           default: standard output
      --format FORMAT      json or yaml; default: by the name of FILE, else json
      --openapi VERSION    3.0.3, 3.1.0 or 3.2.0; default 3.0.3

${sourceHelp}`,
  options: {
    ...sourceOptions,
    app: { type: "string" },
    out: { type: "string", short: "o" },
    format: { type: "string" },
    openapi: { type: "string" },
  },
  async run(values, protos, context) {
    const openapi = text(values, "openapi");
    if (openapi !== undefined) versionOf(openapi);
    const app = text(values, "app");
    if (app !== undefined && protos.length > 0) {
      throw new UsageError("protos and --app exclude one another");
    }
    const document =
      app === undefined ? await documentOf(values, protos, openapi) : await documentOfApp(app);
    const out = text(values, "out");
    const named = out !== undefined && /\.ya?ml$/.test(out) ? "yaml" : "json";
    const format = choice(values, "format", ["json", "yaml"]) ?? named;
    const rendered = renderDocument(document);
    const content = format === "yaml" ? rendered.yaml : `${JSON.stringify(document, null, 2)}\n`;
    if (out === undefined) context.out(content);
    else await writeFile(out, content);
    return 0;
  },
};

async function documentOf(
  values: OptionValues,
  protos: readonly string[],
  openapi: string | undefined,
): Promise<OpenApiDocument> {
  const loaded = await loadSource(values, protos);
  const document = buildDocument(loaded.source, loaded.document);
  return lowerDocument(document, openapi ?? loaded.openapi);
}

/** As much of a Fastify instance as it takes; the app brings its own Fastify. */
interface DocumentedApp {
  ready(): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
  swagger?(): OpenApiDocument;
  grpcOpenapi?: { document(): OpenApiDocument };
}

async function documentOfApp(module: string): Promise<OpenApiDocument> {
  const loaded = (await import(pathToFileURL(resolve(module)).href)) as { default?: unknown };
  const made = typeof loaded.default === "function" ? await loaded.default() : await loaded.default;
  const app = made as DocumentedApp | undefined;
  if (typeof app?.ready !== "function") {
    throw new UsageError(
      `${module}: the default export is no Fastify instance, nor a function that makes one`,
    );
  }
  try {
    await app.ready();
    const document = app.swagger?.() ?? app.grpcOpenapi?.document();
    if (document === undefined) {
      throw new UsageError(
        `${module}: the app has neither @fastify/swagger nor fastify-grpc-openapi`,
      );
    }
    return document;
  } finally {
    await app.close();
  }
}
