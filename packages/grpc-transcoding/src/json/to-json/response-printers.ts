import { Malformed } from "../../wire/malformed.ts";
import { keyStep, pathText } from "../field-path-text.ts";
import { asBuffer, forgetView } from "../input-view.ts";
import { JsonError, type PrintSequence, type ResponsePrinters } from "../json-codec.ts";
import { acquire, copyOutput, release } from "../output-buffer.ts";
import type { PrinterContext } from "./field-printer.ts";
import { singleFieldPrinter } from "./message-printer.ts";
import { printInput } from "./print-in-order.ts";
import { printText } from "./print-text.ts";
import type { Print } from "./value-printer.ts";

/** What makes whole texts, by printers of messages. */
export function responsePrinters(context: PrinterContext): ResponsePrinters {
  return {
    toJson: (message) => toJson(context.messagePrinter(message).print, ""),
    toJsonSequence: (target) =>
      target.kind === "message"
        ? toJsonSequence(context.messagePrinter(target).print, "")
        : toJsonSequence(singleFieldPrinter(target, context), keyStep(target.jsonName)),
    fieldToJson: (field) => toJson(singleFieldPrinter(field, context), keyStep(field.jsonName)),
  };
}

function toJson(print: Print, root: string): (bytes: Uint8Array) => Buffer {
  return (bytes) => {
    const input = asBuffer(bytes);
    const interrupted = acquire();
    try {
      return copyOutput(printInput(print, input, 0));
    } catch (error) {
      throw unprintable(error, root);
    } finally {
      forgetView();
      release(interrupted);
    }
  };
}

function toJsonSequence(print: Print, root: string): PrintSequence {
  return (messages, index, frame) => {
    const interrupted = acquire();
    try {
      let q = 0;
      for (const [i, bytes] of messages.entries()) {
        q = printText(q, index + i === 0 ? frame.first : frame.before);
        q = printText(printInput(print, asBuffer(bytes), q), frame.after);
      }
      return copyOutput(q);
    } catch (error) {
      throw unprintable(error, root);
    } finally {
      forgetView();
      release(interrupted);
    }
  };
}

function unprintable(error: unknown, root: string): unknown {
  if (!(error instanceof Malformed)) return error;
  const path = pathText(root + error.steps.reverse().join(""));
  return new JsonError([{ path, description: error.message }], { cause: error });
}
