import { Code } from "grpc-transcoding";
import { encodeHeaders } from "../../src/hpack/encode-headers.ts";
import { flag, frame, frameType, settingsAck, settingsFrame, word } from "../frames/frame-bytes.ts";
import { answer, answerHead, message, trailers } from "../frames/raw-server.ts";
import { literal } from "../hpack/test-encoder.ts";
import { type Attack, hostile } from "./hostile-test.ts";

// Frames without end: the connection ends, or the call does by its deadline; nothing grows.

const FLOOD_BYTES = 32 * 1024 * 1024;
const none = Buffer.alloc(0);
const ended = { codes: [Code.UNAVAILABLE] };
const endedOrLate = { codes: [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED] };

/** After the request: some frames, then one again and again. */
function flood(
  again: (stream: number) => Buffer,
  once: (stream: number) => Buffer = () => none,
): Attack["script"] {
  return async (peer) => {
    await peer.greet();
    const stream = await peer.request();
    await peer.send(once(stream));
    const one = again(stream);
    const many = Buffer.concat(Array(Math.ceil(65_536 / one.length)).fill(one));
    for (let sent = 0; sent < FLOOD_BYTES; sent += many.length) await peer.send(many);
  };
}

const beginning = (id: number): Buffer => frame(frameType.headers, 0, id, none);

hostile("a flood of CONTINUATION ends the connection", {
  ...ended,
  script: flood((id) => frame(frameType.continuation, 0, id, Buffer.alloc(1000, 0x88)), beginning),
});
hostile("a flood of empty CONTINUATION ends the connection", {
  ...ended,
  script: flood((id) => frame(frameType.continuation, 0, id, none), beginning),
});
hostile("a header block of few but large CONTINUATION ends the connection", {
  ...ended,
  script: async (peer) => {
    await peer.greet();
    const id = await peer.request();
    const large = frame(frameType.continuation, 0, id, Buffer.alloc(16_384, 0x88));
    await peer.send(beginning(id), ...Array(10).fill(large));
  },
});
hostile("a flood of PING ends the connection", {
  ...ended,
  script: flood(() => frame(frameType.ping, 0, 0, Buffer.alloc(8))),
});
hostile("a flood of PING answers ends the connection", {
  ...ended,
  script: flood(() => frame(frameType.ping, flag.ack, 0, Buffer.alloc(8))),
});
hostile("a flood of SETTINGS ends the connection", {
  ...ended,
  script: flood(() => settingsFrame([4, 70_000], [4, 60_000])),
});
hostile("a flood of SETTINGS acknowledgements ends the connection", {
  ...ended,
  script: flood(() => settingsAck),
});
hostile("a flood of PRIORITY ends the connection", {
  ...ended,
  script: flood((id) => frame(frameType.priority, 0, id, Buffer.alloc(5))),
});
hostile("a flood of unknown frames ends the connection", {
  ...ended,
  script: flood((id) => frame(0x55, 0xff, id, none)),
});
hostile("a flood of GOAWAY ends the connection", {
  ...ended,
  script: flood((id) => frame(frameType.goaway, 0, 0, Buffer.concat([word(id), word(0)]))),
});
hostile("a flood of empty DATA ends the connection", {
  ...ended,
  script: flood((id) => frame(frameType.data, 0, id, none), answerHead),
});
hostile("a flood of DATA that is padding only ends the connection", {
  ...ended,
  script: flood((id) => frame(frameType.data, flag.padded, id, Buffer.from([1, 0])), answerHead),
});
hostile("a flood of informational HEADERS ends the connection", {
  ...ended,
  script: flood((id) =>
    frame(frameType.headers, flag.endHeaders, id, encodeHeaders([":status", "100"])),
  ),
});
hostile("a flood of RST_STREAM for a call that ended harms no call", {
  codes: [Code.OK],
  script: flood(
    (id) => frame(frameType.rstStream, 0, id, word(8)),
    (id) => answer(id, "x"),
  ),
});
hostile("a flood of HEADERS for a call that ended harms no call", {
  codes: [Code.OK],
  script: flood(trailers, (id) => answer(id, "x")),
});
hostile("a flood of WINDOW_UPDATE does not outlast the deadline", {
  ...endedOrLate,
  script: flood((id) => frame(frameType.windowUpdate, 0, id, word(1))),
});
hostile("a flood of answers that each reset ends the connection", {
  codes: [Code.CANCELLED, Code.UNAVAILABLE],
  script: flood((id) => frame(frameType.rstStream, 0, id, word(8))),
});

// Header lists that are far larger than their bytes.

const big = literal(0x40, "x", "y".repeat(3900));
hostile("a bomb of references to one large field fails the call alone", {
  codes: [Code.INTERNAL, Code.RESOURCE_EXHAUSTED],
  script: async (peer) => {
    // No acknowledgement of our settings: the table of the protocol's default holds.
    await peer.send(settingsFrame());
    const id = await peer.request();
    const bomb = Buffer.concat([big, Buffer.alloc(12_000, 0x80 | 62)]);
    await peer.send(frame(frameType.headers, flag.endHeaders, id, bomb));
  },
});
hostile("a bomb in CONTINUATION ends the call", {
  codes: [Code.INTERNAL, Code.RESOURCE_EXHAUSTED, Code.UNAVAILABLE],
  script: async (peer) => {
    await peer.send(settingsFrame());
    const id = await peer.request();
    await peer.send(frame(frameType.headers, 0, id, big));
    const references = Buffer.alloc(16_384, 0x80 | 62);
    for (let frames = 0; frames < 5; frames++) {
      await peer.send(frame(frameType.continuation, 0, id, references));
    }
    await peer.send(frame(frameType.continuation, flag.endHeaders, id, references));
  },
});
hostile("a bomb for a call that ended harms no call", {
  codes: [Code.OK],
  script: async (peer) => {
    await peer.send(settingsFrame());
    const id = await peer.request();
    await peer.send(answer(id, "x"), frame(frameType.headers, flag.endHeaders, id, big));
    const bomb = frame(frameType.headers, flag.endHeaders, id, Buffer.alloc(16_384, 0x80 | 62));
    for (let frames = 0; frames < 5000; frames++) await peer.send(bomb);
  },
});

// Messages.

hostile("a flood of empty messages ends a unary call", {
  codes: [Code.INTERNAL],
  script: flood((id) => message(id, none), answerHead),
});
hostile("a message of single bytes is read until the deadline at most", {
  codes: [Code.DEADLINE_EXCEEDED],
  script: async (peer) => {
    await peer.greet();
    const id = await peer.request();
    await peer.send(answerHead(id), frame(frameType.data, 0, id, Buffer.from([0, 0, 16, 0, 0])));
    const byte = frame(frameType.data, 0, id, Buffer.from([1]));
    for (;;) {
      await peer.send(byte);
      await new Promise(setImmediate);
    }
  },
});
