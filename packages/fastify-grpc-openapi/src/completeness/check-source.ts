import type { DescField, DescMessage } from "@bufbuild/protobuf";
import type { CommentedDescriptor, ErrorDeclaration, MethodSchema } from "grpc-transcoding";
import { createAnnotations } from "../annotation/annotations.ts";
import { describe } from "../annotation/comments.ts";
import { type IsVisible, visibilityFilter } from "../annotation/visibility.ts";
import type { DocumentSource } from "../context/document-context.ts";
import { buildDocument } from "../document/build-document.ts";
import type { GrpcDocumentOptions } from "../document/document-options.ts";
import type { Finding, FindingLevel, OnFinding } from "../model/finding.ts";
import type { OpenApiDocument } from "../model/openapi.ts";
import { checkReferences } from "./check-references.ts";
import { checkRequestFields } from "./check-request-fields.ts";
import { documentedTypes } from "./documented-types.ts";

/** How much a check asks for: that nothing is missing, or also a comment on everything that is shown. */
export type LintLevel = "basic" | "comments";

/** What a check found, and the document that it looked at. */
export interface CheckResult {
  readonly document: OpenApiDocument;
  readonly findings: readonly Finding[];
}

/**
 * Lists what readers of a gateway's document would miss: methods and fields that HTTP cannot reach,
 * references to nothing, errors that point nowhere, and (`comments`) declarations without a comment.
 */
export function checkSource(
  source: DocumentSource,
  options: GrpcDocumentOptions = {},
  lint: LintLevel = "basic",
): CheckResult {
  const findings: Finding[] = [];
  const onFinding: OnFinding = (finding) => void findings.push(finding);
  const document = buildDocument(source, { ...options, onFinding });
  checkBindings(source, options, onFinding);
  checkReferences(document, onFinding);
  if (lint === "comments") checkComments(source, visibilityOf(source, options), onFinding);
  const order: Readonly<Record<FindingLevel, number>> = { error: 0, warning: 1, info: 2 };
  findings.sort((a, b) => order[a.level] - order[b.level]);
  return { document, findings };
}

/** The part of the check that needs no document, cheap enough for every start. */
export function checkBindings(
  source: DocumentSource,
  options: GrpcDocumentOptions,
  onFinding: OnFinding,
): void {
  const isVisible = visibilityOf(source, options);
  checkMethods(source, isVisible, onFinding);
  for (const binding of source.bindings) checkRequestFields(binding, isVisible, onFinding);
  for (const method of new Set(source.bindings.map((binding) => binding.method))) {
    for (const error of method.errors) checkError(error, method, onFinding);
  }
}

function visibilityOf(source: DocumentSource, options: GrpcDocumentOptions): IsVisible {
  return visibilityFilter(createAnnotations(source.schema.registry), options.visibility ?? []);
}

function checkMethods(source: DocumentSource, isVisible: IsVisible, onFinding: OnFinding): void {
  const bound = new Set(source.bindings.map((binding) => binding.method));
  for (const service of source.schema.services) {
    for (const method of service.methods) {
      const subject = `${service.name}.${method.name}`;
      const location = locationOf(source, method.desc);
      if (!bound.has(method)) {
        const message = "no http rule binds the method: REST clients cannot call it";
        onFinding({ rule: "unbound-method", level: "warning", subject, message, ...location });
      } else if (!isVisible(service.desc) || !isVisible(method.desc)) {
        const message = "the method is served, but its visibility hides it from the document";
        onFinding({ rule: "hidden-method", level: "info", subject, message, ...location });
      }
    }
  }
}

function checkError(error: ErrorDeclaration, method: MethodSchema, onFinding: OnFinding): void {
  for (const path of error.details) {
    if (hasField(method.input, path)) continue;
    onFinding({
      rule: "error-field-unknown",
      level: "warning",
      subject: `${method.service.name}.${method.name}`,
      message: `the error ${error.reason || error.code} is about ${JSON.stringify(path)}, which ${method.input.typeName} does not have`,
    });
  }
}

function hasField(message: DescMessage, path: string): boolean {
  let at: DescMessage | undefined = message;
  for (const name of path.replace(/\[[^\]]*\]/g, "").split(".")) {
    const field: DescField | undefined = at?.fields.find(
      (one) => one.name === name || one.jsonName === name,
    );
    if (field === undefined) return false;
    at = field.message;
  }
  return true;
}

function checkComments(source: DocumentSource, isVisible: IsVisible, onFinding: OnFinding): void {
  const miss = (desc: CommentedDescriptor, kind: string, subject: string): void => {
    if (!isVisible(desc) || describe(source.schema, desc).text !== "") return;
    onFinding({
      rule: `${kind}-comment`,
      level: "warning",
      subject,
      message: "no comment: readers see a name only",
      ...locationOf(source, desc),
    });
  };
  const methods = new Set(source.bindings.map((binding) => binding.method));
  for (const { desc, name } of new Set([...methods].map((method) => method.service))) {
    miss(desc, "service", name);
  }
  for (const { desc, name, service } of methods) miss(desc, "method", `${service.name}.${name}`);
  for (const type of documentedTypes(source.bindings)) {
    miss(type, type.kind, type.typeName);
    if (type.kind === "message") {
      for (const field of type.fields) miss(field, "field", `${type.typeName}.${field.name}`);
      for (const oneof of type.oneofs) miss(oneof, "oneof", `${type.typeName}.${oneof.name}`);
    } else {
      for (const value of type.values) miss(value, "enum-value", `${type.typeName}.${value.name}`);
    }
  }
}

function locationOf(source: DocumentSource, desc: CommentedDescriptor): Pick<Finding, "location"> {
  const location = source.schema.location(desc);
  if (location === undefined) return {};
  return { location: `${location.file}:${location.line}:${location.column}` };
}
