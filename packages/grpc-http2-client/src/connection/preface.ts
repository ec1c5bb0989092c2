import type { FrameWriter } from "../frame/frame-writer.ts";
import { FrameType, Setting } from "../frame/protocol.ts";
import { STREAM_WINDOW_BYTES } from "../stream/call-stream.ts";
import { MAX_HEADER_LIST_BYTES } from "./receiver.ts";

const magic = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/**
 * What we announce. No table for header compression: blocks then mean the same at any time, and those that
 * repeat are decoded once.
 */
const settings: readonly (readonly [id: number, value: number])[] = [
  [Setting.HEADER_TABLE_SIZE, 0],
  [Setting.ENABLE_PUSH, 0],
  [Setting.INITIAL_WINDOW_SIZE, STREAM_WINDOW_BYTES],
  [Setting.MAX_HEADER_LIST_SIZE, MAX_HEADER_LIST_BYTES],
];

/** The client's connection preface (RFC 9113 section 3.4), with more room on the connection. */
export function writePreface(out: FrameWriter, extraWindowBytes: number): void {
  const start = out.reserve(magic.length);
  magic.copy(out.bytes, start);
  let at = out.frame(settings.length * 6, FrameType.SETTINGS, 0, 0);
  for (const [id, value] of settings) {
    out.bytes.writeUInt16BE(id, at);
    out.bytes.writeUInt32BE(value, at + 2);
    at += 6;
  }
  out.shortFrame(FrameType.WINDOW_UPDATE, 0, extraWindowBytes);
}
