import type { FieldNode } from "../model/declaration.ts";
import { fullNameOf } from "../model/declaration.ts";
import { LABEL_REPEATED } from "../model/scalar-type.ts";
import { describeType } from "../options/scalar-value.ts";
import type { Report } from "../text/diagnostics.ts";

const DECLARATION = 0;

/** Checks an extension against the declarations of its range (`ExtensionRangeOptions`). */
export function validateExtensionDeclarations(field: FieldNode, report: Report): void {
  const { container, proto, file } = field;
  const range = container?.ranges.find(
    ({ proto: { start, end } }) => proto.number >= start && proto.number < end,
  );
  const options = range?.proto.options;
  if (container === undefined || options === undefined) return;
  const isVerified =
    Object.hasOwn(options, "verification") && (options.verification as number) === DECLARATION;
  if (options.declaration.length === 0 && !isVerified) return;
  const fail = (at: number, message: string): void => report(file.source, at, message);
  const name = fullNameOf(field);
  const declaration = options.declaration.find(({ number }) => number === proto.number);
  if (declaration === undefined) {
    fail(
      field.numberAt,
      `"${container.fullName}" declares the extensions of this range, and ${proto.number} is none of them.`,
    );
    return;
  }
  if (declaration.reserved) {
    const message = `Extension number ${proto.number} is reserved by the declarations of "${container.fullName}".`;
    fail(field.numberAt, message);
    return;
  }
  if (declaration.fullName !== "" && declaration.fullName !== `.${name}`) {
    const message = `Extension ${proto.number} of "${container.fullName}" is declared with the name "${declaration.fullName}", not ".${name}".`;
    fail(field.at, message);
  }
  const type = field.type === undefined ? describeType(field) : `.${field.type.fullName}`;
  if (declaration.type !== "" && declaration.type !== type) {
    const message = `Extension ${proto.number} of "${container.fullName}" is declared with the type "${declaration.type}", not "${type}".`;
    fail(field.typeAt, message);
  }
  if (declaration.repeated !== (proto.label === LABEL_REPEATED)) {
    const expected = declaration.repeated ? "repeated" : "not repeated";
    const message = `Extension ${proto.number} of "${container.fullName}" is declared to be ${expected}.`;
    fail(field.at, message);
  }
}
