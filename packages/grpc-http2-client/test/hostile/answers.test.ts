import { Code } from "grpc-transcoding";
import { encodeHeaders } from "../../src/hpack/encode-headers.ts";
import { flag, frame, frameType, setting, word } from "../frames/frame-bytes.ts";
import {
  answer,
  answerHead,
  framed,
  message,
  type RawPeer,
  trailers,
} from "../frames/raw-server.ts";
import { type Attack, hostile } from "./hostile-test.ts";

// What a server may answer on a stream, right and wrong. The connection survives what is the stream's alone.

const none = Buffer.alloc(0);
const text = Buffer.from("x");

/** After the request, these bytes for its stream. */
function answers(make: (stream: number) => Buffer | readonly Buffer[]): Attack["script"] {
  return async (peer: RawPeer) => {
    await peer.greet();
    const stream = await peer.request();
    await peer.send(...[make(stream)].flat());
  };
}

function headers(stream: number, list: readonly string[], flags: number = flag.endHeaders): Buffer {
  return frame(frameType.headers, flags, stream, encodeHeaders(list));
}

const malformed = { codes: [Code.INTERNAL], origin: "upstream" };
const lost = { codes: [Code.UNAVAILABLE], origin: "transport" };
const fine = { codes: [Code.OK], message: "x" };

hostile("an answer as it should be is one", { ...fine, script: answers((id) => answer(id, "x")) });

hostile("unknown frames, on the stream, the connection and others, are ignored", {
  ...fine,
  script: answers((id) => [
    frame(0x0a, 0xff, id, text),
    frame(0xfe, 0xff, 0, Buffer.alloc(16_384)),
    frame(0x10, 0, 999, none),
    answer(id, "x"),
  ]),
});

hostile("unknown settings and PRIORITY are ignored", {
  ...fine,
  script: async (peer) => {
    await peer.greet([0x77, 1], [8, 1]);
    const id = await peer.request();
    await peer.send(frame(frameType.priority, 0, id, Buffer.alloc(5)), answer(id, "x"));
  },
});

hostile("padding of HEADERS and DATA is taken off", {
  ...fine,
  script: answers((id) => {
    const head = encodeHeaders([":status", "200", "content-type", "application/grpc"]);
    const priority = Buffer.concat([Buffer.from([3]), Buffer.alloc(5), head, Buffer.alloc(3)]);
    const isFirst = flag.endHeaders | flag.padded;
    return [
      frame(frameType.headers, flag.endHeaders | flag.padded, id, informational(3)),
      frame(frameType.headers, isFirst | flag.priority, id, priority),
      frame(
        frameType.data,
        flag.padded,
        id,
        Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]),
      ),
      frame(
        frameType.data,
        flag.padded,
        id,
        Buffer.concat([Buffer.from([9]), framed(text), Buffer.alloc(9)]),
      ),
      trailers(id),
    ];
  }),
});

function informational(padding: number): Buffer {
  return Buffer.concat([
    Buffer.from([padding]),
    encodeHeaders([":status", "103"]),
    Buffer.alloc(padding),
  ]);
}

for (const type of ["data", "headers"] as const) {
  hostile(`${type} with more padding than payload ends the connection`, {
    ...lost,
    script: answers((id) => {
      const flags = flag.padded | flag.endHeaders;
      return frame(frameType[type], flags, id, Buffer.from([5, 0, 0, 0]));
    }),
  });
  hostile(`${type} with padding but not its length ends the connection`, {
    ...lost,
    script: answers((id) => frame(frameType[type], flag.padded | flag.endHeaders, id, none)),
  });
}

hostile("DATA before HEADERS is malformed", {
  ...malformed,
  script: answers((id) => message(id, text)),
});

hostile("DATA after END_STREAM changes nothing", {
  ...fine,
  script: answers((id) => [answer(id, "x"), message(id, text), message(id, text, flag.endStream)]),
});

hostile("HEADERS after END_STREAM change nothing", {
  ...fine,
  script: answers((id) => [answer(id, "x"), answerHead(id), trailers(id, 13)]),
});

hostile("an end without trailers has no status", {
  ...malformed,
  script: answers((id) => [answerHead(id), message(id, text, flag.endStream)]),
});

hostile("HEADERS twice without the end are malformed", {
  ...malformed,
  script: answers((id) => [answerHead(id), answerHead(id)]),
});

hostile("trailers that are not the end are malformed", {
  ...malformed,
  script: answers((id) => [answerHead(id), message(id, text), headers(id, ["grpc-status", "0"])]),
});

hostile("trailers with a :status are malformed", {
  ...malformed,
  script: answers((id) => [
    answerHead(id),
    message(id, text),
    headers(id, [":status", "200", "grpc-status", "0"], flag.endHeaders | flag.endStream),
  ]),
});

const brokenHeads: Record<string, readonly string[]> = {
  "without :status": ["content-type", "application/grpc"],
  "with :status twice": [":status", "200", ":status", "200"],
  "with :status behind others": ["content-type", "application/grpc", ":status", "200"],
  "with a pseudo field of requests": [":status", "200", ":path", "/"],
  "with a :status that is no number": [":status", "2xx"],
  "with an upper-case name": [":status", "200", "Content-Type", "application/grpc"],
  "with an empty name": [":status", "200", "", "x"],
  "with a line end in a value": [":status", "200", "x-y", "a\r\nb: c"],
  "with a zero byte in a value": [":status", "200", "x-y", "a\0b"],
  "with a space in a name": [":status", "200", "x y", "a"],
};
for (const [what, list] of Object.entries(brokenHeads)) {
  hostile(`HEADERS ${what} are malformed`, {
    ...malformed,
    script: answers((id) => headers(id, list)),
  });
}

hostile("a grpc-status that is no number is malformed", {
  ...malformed,
  script: answers((id) => [
    answerHead(id),
    message(id, text),
    headers(id, ["grpc-status", "zero"], flag.endHeaders | flag.endStream),
  ]),
});

hostile("a grpc-status out of the table is UNKNOWN", {
  codes: [Code.UNKNOWN],
  script: answers((id) => [answerHead(id), trailers(id, 4_294_967_295)]),
});

hostile("a grpc-message that is not UTF-8 or wrongly encoded is passed on as text", {
  codes: [Code.ABORTED],
  script: answers((id) => [answerHead(id), trailers(id, 10, ["grpc-message", "%FF%zz%4"])]),
});

hostile("a -bin trailer that is not base64 does not end the call otherwise", {
  codes: [Code.ABORTED],
  script: answers((id) => [answerHead(id), trailers(id, 10, ["x-bin", "%%%", "y-bin", "\xff"])]),
});

hostile("a message that was begun when the trailers come is malformed", {
  ...malformed,
  script: answers((id) => [
    answerHead(id),
    frame(frameType.data, 0, id, framed(Buffer.from("xyz")).subarray(0, 6)),
    trailers(id),
  ]),
});

hostile("a second message of a unary method is refused", {
  ...malformed,
  script: answers((id) => [answerHead(id), message(id, text), message(id, text)]),
});

hostile("a message over the limit is refused by its prefix", {
  ...malformed,
  script: answers((id) => [
    answerHead(id),
    frame(frameType.data, 0, id, Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1])),
  ]),
});

hostile("a compressed message without an encoding is malformed", {
  ...malformed,
  script: answers((id) => [
    answerHead(id),
    frame(frameType.data, 0, id, Buffer.from([1, 0, 0, 0, 1, 0])),
  ]),
});

hostile("a compressed message that does not decompress is malformed", {
  ...malformed,
  script: answers((id) => [
    answerHead(id, ["grpc-encoding", "gzip"]),
    frame(frameType.data, 0, id, Buffer.from([1, 0, 0, 0, 3, 1, 2, 3])),
    trailers(id),
  ]),
});

hostile("a message flag that nobody knows is malformed", {
  ...malformed,
  script: answers((id) => [
    answerHead(id),
    frame(frameType.data, 0, id, Buffer.from([2, 0, 0, 0, 1, 0])),
  ]),
});

hostile("an answer of a web server is told by its HTTP status", {
  codes: [Code.UNAVAILABLE],
  origin: "upstream",
  script: answers((id) => [
    headers(id, [":status", "503", "content-type", "text/html"]),
    frame(frameType.data, flag.endStream, id, text),
  ]),
});

hostile("a HEADERS frame of more than the announced list fails the call alone", {
  codes: [Code.INTERNAL, Code.RESOURCE_EXHAUSTED],
  script: answers((id) => {
    const reference = Buffer.alloc(3000, 0x90); // "accept-encoding: gzip, deflate", 1 byte each
    return frame(frameType.headers, flag.endHeaders, id, reference);
  }),
});

for (const [name, code] of Object.entries({
  NO_ERROR: [0, Code.INTERNAL],
  PROTOCOL_ERROR: [1, Code.INTERNAL],
  INTERNAL_ERROR: [2, Code.INTERNAL],
  FLOW_CONTROL_ERROR: [3, Code.INTERNAL],
  REFUSED_STREAM: [7, Code.UNAVAILABLE],
  CANCEL: [8, Code.CANCELLED],
  ENHANCE_YOUR_CALM: [11, Code.UNAVAILABLE],
  "an unknown error": [0xffffffff, Code.INTERNAL],
})) {
  const [errorCode, status] = code as [number, Code];
  const points: Record<string, (id: number) => Buffer[]> = {
    "before the answer": () => [],
    "after HEADERS": (id) => [answerHead(id)],
    "within a message": (id) => [
      answerHead(id),
      frame(frameType.data, 0, id, Buffer.from([0, 0, 0, 0, 9, 1])),
    ],
    "after the message": (id) => [answerHead(id), message(id, text)],
  };
  for (const [point, begin] of Object.entries(points)) {
    hostile(`RST_STREAM with ${name} ${point} ends the call`, {
      codes: [status],
      script: async (peer) => {
        await peer.greet();
        for (;;) {
          const id = await peer.request();
          await peer.send(...begin(id), frame(frameType.rstStream, 0, id, word(errorCode)));
        }
      },
    });
  }
}

hostile("a call that the server refused before it worked on it is tried once more", {
  ...fine,
  script: async (peer) => {
    await peer.greet();
    await peer.send(frame(frameType.rstStream, 0, await peer.request(), word(7)));
    await peer.send(answer(await peer.request(), "x"));
  },
});

hostile("RST_STREAM after the answer changes nothing", {
  ...fine,
  script: answers((id) => [answer(id, "x"), frame(frameType.rstStream, 0, id, word(0))]),
});

hostile("a header table of 0 at the server is told by the first block", {
  ...fine,
  script: async (peer) => {
    await peer.greet([setting.headerTableSize, 0]);
    const { payload, stream } = await peer.next(({ type }) => type === frameType.headers);
    if (payload[0] === 0x20) await peer.send(answer(stream, "x"));
    else peer.socket.destroy();
  },
});
