import { Code } from "grpc-transcoding";
import { encodeHeaders } from "../../src/hpack/encode-headers.ts";
import { flag, frame, frameType, setting, settingsFrame, word } from "../frames/frame-bytes.ts";
import { answer, answerHead, message, type RawPeer, trailers } from "../frames/raw-server.ts";
import { type Attack, hostile } from "./hostile-test.ts";

// What a server may do to the connection itself.

const none = Buffer.alloc(0);
const lost = { codes: [Code.UNAVAILABLE], origin: "transport" };
const late = { codes: [Code.DEADLINE_EXCEEDED], origin: "transport" };
const fine = { codes: [Code.OK], message: "x" };

/** Instead of the handshake. */
function begins(...parts: readonly Buffer[]): Attack["script"] {
  return (peer: RawPeer) => peer.send(...parts);
}

/** After the handshake and the request. */
function then(make: (stream: number) => readonly Buffer[]): Attack["script"] {
  return async (peer: RawPeer) => {
    await peer.greet();
    const stream = await peer.request();
    await peer.send(...make(stream));
  };
}

// Instead of HTTP/2.

const garbage = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) & 0xff));
hostile("garbage ends the connection", { ...lost, script: begins(garbage) });
hostile("zeros end the connection", { ...lost, script: begins(Buffer.alloc(5000)) });
hostile("an HTTP/1.1 answer ends the connection", {
  ...lost,
  script: begins(Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),
});
hostile("a TLS alert ends the connection", {
  ...lost,
  script: async (peer) => {
    await peer.send(Buffer.from("15030100020246", "hex"));
    peer.socket.end();
  },
});
hostile("a server that closes at once is not reached", {
  ...lost,
  script: (peer) => void peer.socket.destroy(),
});
hostile("a server that resets at once is not reached", {
  ...lost,
  script: (peer) => void peer.socket.resetAndDestroy(),
});
hostile("a server that accepts and says nothing is waited for until the deadline", {
  ...late,
  script: () => undefined,
});
hostile("a server that says nothing is given up after the connect timeout", {
  ...lost,
  options: { connectTimeoutMs: 100 },
  script: () => undefined,
});
hostile("SETTINGS that come late are waited for", {
  ...fine,
  script: async (peer) => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await peer.greet();
    await peer.send(answer(await peer.request(), "x"));
  },
});
hostile("an answer of single bytes is read", {
  ...fine,
  script: async (peer) => {
    await peer.greet();
    for (const byte of answer(await peer.request(), "x")) {
      await peer.send(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  },
});

// The handshake.

const badSettings: Record<string, Buffer> = {
  "of a stream": frame(frameType.settings, 0, 1, none),
  "of 5 bytes": frame(frameType.settings, 0, 0, Buffer.alloc(5)),
  "with a window of 2^31": settingsFrame([setting.initialWindowSize, 2 ** 31]),
  "with frames of 100 bytes": settingsFrame([setting.maxFrameSize, 100]),
  "with frames of 2^24": settingsFrame([setting.maxFrameSize, 2 ** 24]),
  "with push on": settingsFrame([setting.enablePush, 1]),
  "that acknowledge only": frame(frameType.settings, flag.ack, 0, none),
  "that acknowledge with a payload": frame(frameType.settings, flag.ack, 0, Buffer.alloc(6)),
  "after a PING": Buffer.concat([frame(frameType.ping, 0, 0, Buffer.alloc(8)), settingsFrame()]),
};
for (const [what, bytes] of Object.entries(badSettings)) {
  hostile(`SETTINGS ${what} end the connection`, { ...lost, script: begins(bytes) });
}
hostile("SETTINGS that break the rules later end the connection", {
  ...lost,
  script: then(() => [settingsFrame([setting.maxFrameSize, 1])]),
});

// Frames that no server may send.

const head = encodeHeaders([":status", "200", "content-type", "application/grpc"]);
const badFrames: Record<string, (stream: number) => readonly Buffer[]> = {
  "a PUSH_PROMISE": (id) => [
    frame(frameType.pushPromise, flag.endHeaders, id, Buffer.concat([word(2), head])),
  ],
  "HEADERS of an even stream": () => [frame(frameType.headers, flag.endHeaders, 2, head)],
  "HEADERS of a stream that is to come": (id) => [
    frame(frameType.headers, flag.endHeaders, id + 2, head),
  ],
  "HEADERS of stream 0": () => [frame(frameType.headers, flag.endHeaders, 0, head)],
  "DATA of a stream that is to come": (id) => [message(id + 2, none)],
  "DATA of stream 0": () => [message(0, none)],
  "RST_STREAM of a stream that is to come": (id) => [
    frame(frameType.rstStream, 0, id + 2, word(0)),
  ],
  "RST_STREAM of stream 0": () => [frame(frameType.rstStream, 0, 0, word(0))],
  "RST_STREAM of 3 bytes": (id) => [frame(frameType.rstStream, 0, id, Buffer.alloc(3))],
  "WINDOW_UPDATE of a stream that is to come": (id) => [
    frame(frameType.windowUpdate, 0, id + 2, word(1)),
  ],
  "WINDOW_UPDATE of 5 bytes": () => [frame(frameType.windowUpdate, 0, 0, Buffer.alloc(5))],
  "WINDOW_UPDATE of 0 for the connection": () => [frame(frameType.windowUpdate, 0, 0, word(0))],
  "a connection window beyond 2^31-1": () => [
    frame(frameType.windowUpdate, 0, 0, word(2 ** 31 - 1)),
  ],
  "CONTINUATION without HEADERS": (id) => [frame(frameType.continuation, 4, id, head)],
  "DATA within a header block": (id) => [frame(frameType.headers, 0, id, head), message(id, none)],
  "PING within a header block": (id) => [
    frame(frameType.headers, 0, id, head),
    frame(frameType.ping, 0, 0, Buffer.alloc(8)),
  ],
  "an unknown frame within a header block": (id) => [
    frame(frameType.headers, 0, id, head),
    frame(0x42, 0, id, none),
  ],
  "CONTINUATION of another stream": (id) => [
    frame(frameType.headers, 0, id, none),
    frame(frameType.continuation, flag.endHeaders, id + 2, head),
  ],
  "HEADERS with a priority but too short": (id) => [
    frame(frameType.headers, flag.endHeaders | flag.priority, id, Buffer.alloc(4)),
  ],
  "PRIORITY of 4 bytes": (id) => [frame(frameType.priority, 0, id, Buffer.alloc(4))],
  "a PING of 7 bytes": () => [frame(frameType.ping, 0, 0, Buffer.alloc(7))],
  "a PING of a stream": (id) => [frame(frameType.ping, 0, id, Buffer.alloc(8))],
  "a GOAWAY of 7 bytes": () => [frame(frameType.goaway, 0, 0, Buffer.alloc(7))],
  "a GOAWAY of a stream": (id) => [frame(frameType.goaway, 0, id, Buffer.alloc(8))],
  "a header block that is none": (id) => [
    frame(frameType.headers, flag.endHeaders, id, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff])),
  ],
  "a header table above the announced": (id) => [
    frame(frameType.headers, flag.endHeaders, id, Buffer.from([0x3f, 0xff, 0x7f])),
  ],
};
for (const [what, make] of Object.entries(badFrames)) {
  hostile(`${what} ends the connection`, { ...lost, script: then(make) });
}

hostile("WINDOW_UPDATE of 0 for a stream ends the call alone", {
  codes: [Code.INTERNAL],
  script: then((id) => [frame(frameType.windowUpdate, 0, id, word(0))]),
});
hostile("a stream's window beyond 2^31-1 ends the call alone", {
  codes: [Code.INTERNAL],
  script: then((id) => [frame(frameType.windowUpdate, 0, id, word(2 ** 31 - 1))]),
});

for (const type of [0, 1, 4, 6, 9, 0x42]) {
  hostile(`a frame of 2^24-1 bytes and type ${type} ends the connection before it has come`, {
    ...lost,
    script: then((id) => [
      frame(type, 0, type === 4 || type === 6 ? 0 : id, Buffer.alloc(2 ** 24 - 1)),
    ]),
  });
}

// The end.

hostile("a server that ends its side ends the connection", {
  ...lost,
  script: async (peer) => {
    await peer.greet();
    await peer.request();
    peer.socket.end();
  },
});
hostile("a server that ends its side within a frame ends the connection", {
  ...lost,
  script: async (peer) => {
    await peer.greet();
    const id = await peer.request();
    await peer.send(answerHead(id), message(id, Buffer.alloc(100)).subarray(0, 50));
    peer.socket.end();
  },
});
hostile("a server that is gone without a word is waited for until the deadline", {
  ...late,
  script: async (peer) => {
    await peer.greet();
    await peer.request();
    peer.socket.pause();
  },
});
hostile("a server that answers no PING is given up by keepalive", {
  ...lost,
  options: { keepaliveMs: 50, keepaliveTimeoutMs: 100 },
  script: async (peer) => {
    await peer.greet();
    await peer.request();
  },
});

// GOAWAY at every point: what the server says it did not take goes to another connection.

function goaway(lastId: number, errorCode = 0, debug = "bye"): Buffer {
  return frame(
    frameType.goaway,
    0,
    0,
    Buffer.concat([word(lastId), word(errorCode), Buffer.from(debug)]),
  );
}

/** The first connection by the script, others as they should be. */
function first(script: (peer: RawPeer) => Promise<void>): Attack["script"] {
  let isFirst = true;
  return async (peer) => {
    if (isFirst) {
      isFirst = false;
      await script(peer);
      return;
    }
    await peer.greet();
    await peer.send(answer(await peer.request(), "x"));
  };
}

hostile("GOAWAY with the SETTINGS sends the call elsewhere", {
  ...fine,
  script: first(async (peer) => {
    await peer.greet();
    await peer.send(goaway(0));
  }),
});
hostile("GOAWAY in one write with the SETTINGS sends the call elsewhere", {
  ...fine,
  script: first((peer) => peer.send(settingsFrame(), goaway(0))),
});
for (const errorCode of [0, 2, 11]) {
  const what = `GOAWAY with error ${errorCode}`;
  hostile(`${what} that names an earlier stream sends the call elsewhere`, {
    ...fine,
    script: first(async (peer) => {
      await peer.greet();
      await peer.request();
      await peer.send(goaway(0, errorCode));
    }),
  });
  for (const lastId of [1, 2 ** 31 - 1]) {
    hostile(`${what} that names ${lastId} leaves the call to its answer`, {
      ...fine,
      script: first(async (peer) => {
        await peer.greet();
        const id = await peer.request();
        await peer.send(goaway(lastId, errorCode));
        await peer.send(answer(id, "x"));
      }),
    });
  }
  hostile(`${what} after HEADERS leaves the call to its answer`, {
    ...fine,
    script: first(async (peer) => {
      await peer.greet();
      const id = await peer.request();
      await peer.send(answerHead(id), goaway(id, errorCode));
      await peer.send(message(id, Buffer.from("x")), goaway(id, errorCode), trailers(id));
    }),
  });
  hostile(`${what} that takes back an answer that has begun ends the call`, {
    ...lost,
    script: first(async (peer) => {
      await peer.greet();
      const id = await peer.request();
      await peer.send(answerHead(id), message(id, Buffer.from("x")), goaway(0, errorCode));
    }),
  });
  hostile(`${what} after the answer changes nothing`, {
    ...fine,
    script: first(async (peer) => {
      await peer.greet();
      await peer.send(answer(await peer.request(), "x"), goaway(0, errorCode));
    }),
  });
  hostile(`${what} and then the end of the connection ends the call`, {
    ...lost,
    script: first(async (peer) => {
      await peer.greet();
      await peer.send(goaway(await peer.request(), errorCode));
      peer.socket.end();
    }),
  });
}
hostile("GOAWAY on every connection ends the call after some", {
  ...lost,
  script: async (peer) => {
    await peer.greet();
    await peer.request();
    await peer.send(goaway(0));
  },
});
hostile("GOAWAY whose number of streams rises is taken as it comes", {
  ...fine,
  script: first(async (peer) => {
    await peer.greet();
    const id = await peer.request();
    await peer.send(goaway(id), goaway(2 ** 31 - 1), answer(id, "x"));
  }),
});
