import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { EMPTY_TABLE_UPDATE, encodeHeaders } from "../../src/hpack/encode-headers.ts";
import { HpackDecoder } from "../../src/hpack/hpack-decoder.ts";
import { HpackError } from "../../src/hpack/hpack-error.ts";
import {
  flag,
  frame,
  frameType,
  preface,
  setting,
  settingsAck,
  settingsFrame,
} from "../frames/frame-bytes.ts";
import { type Frame, FrameSplitter } from "../frames/frame-splitter.ts";
import { Random } from "../frames/random.ts";
import { mutateBlock, randomBlock } from "./random-block.ts";
import { randomList } from "./random-list.ts";

// The other implementation is nghttp2, as Node has it.
const COMPRESSION_ERROR = 9;
const LISTS = 200;
const get = [":method", "GET", ":scheme", "http", ":authority", "a", ":path"];

for (const tableBytes of [4096, 0, 100, 65_536]) {
  test(`what nghttp2 writes with a table of ${tableBytes} bytes is read as it was told`, async () => {
    const random = new Random(tableBytes + 1);
    const lists = Array.from({ length: LISTS }, () => randomList(random, random.below(20)));
    const answer: Answer = (stream, path) => stream.respond(fieldsOf(lists[path] as string[]));
    const announced = settingsFrame([setting.headerTableSize, tableBytes]);
    const decoder = new HpackDecoder({
      maxTableBytes: tableBytes,
      maxListBytes: 65_536,
      maxEntries: 1000,
    });
    await withServer({}, announced, answer, async (peer) => {
      for (let path = 0; path < LISTS; path++) {
        peer.request(path, encodeHeaders([...get, `/${path}`]));
        const list = decoder.decode(await peer.block(() => decoder.settingsAcknowledged()));
        assert.deepEqual(list, [":status", "200", ...grouped(lists[path] as string[])]);
      }
    });
  });
}

for (const tableBytes of [4096, 0]) {
  test(`what we write is read by nghttp2 that announces ${tableBytes} bytes`, async () => {
    const random = new Random(7);
    const received: string[][] = [];
    const answer: Answer = (stream, _path, raw) => {
      received.push(raw);
      stream.respond({ ":status": 200 });
    };
    await withServer({ headerTableSize: tableBytes }, settingsFrame(), answer, async (peer) => {
      await peer.settled();
      for (let path = 0; path < LISTS; path++) {
        const list = [...get, `/${path}`, ...randomList(random, random.below(20))];
        const update = path === 0 ? [Buffer.from([EMPTY_TABLE_UPDATE])] : [];
        peer.request(path, Buffer.concat([...update, encodeHeaders(list)]));
        await peer.block(() => undefined);
        assert.deepEqual(received.at(-1), list);
      }
    });
  });
}

test("nghttp2 refuses the blocks that we refuse, and no others", async () => {
  const random = new Random(11);
  const request = [":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/0"];
  const counts = { refused: 0, read: 0 };
  for (let round = 0; round < 300; round++) {
    const block = mutateBlock(random, randomBlock(random, request));
    const answer: Answer = (stream) => stream.respond({ ":status": 200 });
    await withServer({}, settingsFrame(), answer, async (peer) => {
      peer.request(0, block);
      const isRefused = (await peer.verdict()) === COMPRESSION_ERROR;
      assert.equal(isRefused, refuses(block), block.toString("hex"));
      counts[isRefused ? "refused" : "read"]++;
    });
  }
  assert.ok(counts.refused > 50 && counts.read > 50, JSON.stringify(counts));
});

function refuses(block: Buffer): boolean {
  const options = { maxTableBytes: 4096, maxListBytes: 65_536, maxEntries: 1000 };
  try {
    new HpackDecoder(options).decode(block);
    return false;
  } catch (error) {
    assert.ok(error instanceof HpackError);
    return true;
  }
}

type Answer = (stream: ServerHttp2Stream, path: number, raw: string[]) => void;

async function withServer(
  settings: { headerTableSize?: number },
  announced: Buffer,
  answer: Answer,
  use: (peer: Peer) => Promise<void>,
): Promise<void> {
  const server = createServer({ settings });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...more) => {
    answer(stream, Number(headers[":path"]?.slice(1)), (more as unknown[])[1] as string[]);
    stream.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const peer = await Peer.connect((server.address() as AddressInfo).port, announced);
  try {
    await use(peer);
  } finally {
    peer.socket.destroy();
    server.close();
  }
}

/** The fields as Node takes them: those of one name in an array. */
function fieldsOf(list: string[]): Record<string, string[] | string> {
  const fields: Record<string, string[]> = {};
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at] as string;
    fields[name] ??= [];
    fields[name].push(list[at + 1] as string);
  }
  return { ...fields, date: "Mon, 21 Oct 2013 20:13:21 GMT" };
}

/** The order in which Node writes those. */
function grouped(list: string[]): string[] {
  return Object.entries(fieldsOf(list)).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  );
}

/** A client of frames made by hand. */
class Peer {
  readonly socket: Socket;
  readonly #frames: AsyncGenerator<Frame>;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#frames = framesOf(socket);
  }

  static async connect(port: number, settings: Buffer): Promise<Peer> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(Buffer.concat([preface, settings]));
    return new Peer(socket);
  }

  request(path: number, block: Buffer): void {
    const flags = flag.endHeaders | flag.endStream;
    this.socket.write(frame(frameType.headers, flags, 1 + 2 * path, block));
  }

  /** Resolves when the server's settings came and were acknowledged. */
  async settled(): Promise<void> {
    while ((await this.#next()).type !== frameType.settings);
    this.socket.write(settingsAck);
  }

  /** The next header block, whole. */
  async block(onAcknowledged: () => void): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const { type, flags, payload } = await this.#next();
      assert.notEqual(type, frameType.goaway, "the server ended the connection");
      assert.notEqual(type, frameType.rstStream, "the server ended the stream");
      if (type === frameType.settings && (flags & flag.ack) !== 0) onAcknowledged();
      else if (type === frameType.settings) this.socket.write(settingsAck);
      if (type !== frameType.headers && type !== frameType.continuation) continue;
      parts.push(payload);
      if ((flags & flag.endHeaders) !== 0) return Buffer.concat(parts);
    }
  }

  /** The code of the GOAWAY that comes; 0 where the request is answered, or its stream alone refused. */
  async verdict(): Promise<number> {
    for (;;) {
      const { type, payload } = await this.#next();
      if (type === frameType.goaway) return payload.readUInt32BE(4);
      if (type === frameType.headers || type === frameType.rstStream) return 0;
    }
  }

  async #next(): Promise<Frame> {
    const { value, done } = await this.#frames.next();
    assert.ok(!done, "the server closed the connection");
    return value;
  }
}

async function* framesOf(socket: Socket): AsyncGenerator<Frame> {
  const splitter = new FrameSplitter();
  for await (const chunk of socket) yield* splitter.push(chunk as Buffer);
}
