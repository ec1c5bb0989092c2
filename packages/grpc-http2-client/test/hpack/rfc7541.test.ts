import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockReader } from "../../src/hpack/block-reader.ts";
import { HpackDecoder } from "../../src/hpack/hpack-decoder.ts";
import { HpackError } from "../../src/hpack/hpack-error.ts";

const date21 = "Mon, 21 Oct 2013 20:13:21 GMT";
const date22 = "Mon, 21 Oct 2013 20:13:22 GMT";
const cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const get = [":method", "GET"];
const example = [":authority", "www.example.com"];
const noCache = ["cache-control", "no-cache"];
const custom = ["custom-key", "custom-value"];
const located = ["location", "https://www.example.com"];
const isPrivate = ["cache-control", "private"];

interface Vector {
  readonly hex: string;
  readonly list: readonly string[][];
  /** The dynamic table after it, the newest first. */
  readonly table: readonly string[][];
}

const requestLists = [
  [get, [":scheme", "http"], [":path", "/"], example],
  [get, [":scheme", "http"], [":path", "/"], example, noCache],
  [get, [":scheme", "https"], [":path", "/index.html"], example, custom],
];
const requestTables = [[example], [noCache, example], [custom, noCache, example]];
const responseLists = [
  [[":status", "302"], isPrivate, ["date", date21], located],
  [[":status", "307"], isPrivate, ["date", date21], located],
  [
    [":status", "200"],
    isPrivate,
    ["date", date22],
    located,
    ["content-encoding", "gzip"],
    ["set-cookie", cookie],
  ],
];
const responseTables = [
  [located, ["date", date21], isPrivate, [":status", "302"]],
  [[":status", "307"], located, ["date", date21], isPrivate],
  [
    ["set-cookie", cookie],
    ["content-encoding", "gzip"],
    ["date", date22],
  ],
];

const series: Record<string, { bytes: number; vectors: Vector[] }> = {
  "C.2.1 (a literal that is indexed)": {
    bytes: 4096,
    vectors: vectors(
      ["400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"],
      [[["custom-key", "custom-header"]]],
      [[["custom-key", "custom-header"]]],
    ),
  },
  "C.2.2 (a literal without indexing)": {
    bytes: 4096,
    vectors: vectors(["040c 2f73 616d 706c 652f 7061 7468"], [[[":path", "/sample/path"]]], [[]]),
  },
  "C.2.3 (a literal that is never indexed)": {
    bytes: 4096,
    vectors: vectors(
      ["1008 7061 7373 776f 7264 0673 6563 7265 74"],
      [[["password", "secret"]]],
      [[]],
    ),
  },
  "C.2.4 (an indexed field)": { bytes: 4096, vectors: vectors(["82"], [[get]], [[]]) },
  "C.3 (requests without Huffman code)": {
    bytes: 4096,
    vectors: vectors(
      [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
      ],
      requestLists,
      requestTables,
    ),
  },
  "C.4 (requests with Huffman code)": {
    bytes: 4096,
    vectors: vectors(
      [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
      ],
      requestLists,
      requestTables,
    ),
  },
  "C.5 (responses without Huffman code, with eviction)": {
    bytes: 256,
    vectors: vectors(
      [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
         2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70
         6c65 2e63 6f6d`,
        "4803 3330 37c1 c0bf",
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
         54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049
         5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e
         3d31`,
      ],
      responseLists,
      responseTables,
    ),
  },
  "C.6 (responses with Huffman code, with eviction)": {
    bytes: 256,
    vectors: vectors(
      [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
         2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        "4883 640e ffc1 c0bf",
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
         77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
         9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ],
      responseLists,
      responseTables,
    ),
  },
};

for (const [name, { bytes, vectors }] of Object.entries(series)) {
  test(`RFC 7541 ${name} is decoded, and its table is as told`, () => {
    const decoder = new HpackDecoder({ maxTableBytes: bytes, maxListBytes: 4096, maxEntries: 64 });
    decoder.settingsAcknowledged();
    for (const { hex, list, table } of vectors) {
      assert.deepEqual(decoder.decode(fromHex(hex)), list.flat());
      assert.deepEqual(tableOf(decoder), table);
    }
  });
}

test("the integers of RFC 7541 C.1 are read from below their prefixes", () => {
  const reader = new BlockReader();
  const read = (bytes: number[], mask: number): number => {
    reader.begin(Buffer.from(bytes), 0, bytes.length);
    const value = reader.integer(mask);
    assert.equal(reader.position, bytes.length);
    return value;
  };
  assert.equal(read([0b11101010], 0x1f), 10);
  assert.equal(read([0b11111111, 0b10011010, 0b00001010], 0x1f), 1337);
  assert.equal(read([0b00101010], 0xff), 42);
});

function vectors(hexes: string[], lists: string[][][], tables: string[][][]): Vector[] {
  return hexes.map((hex, at) => ({
    hex,
    list: lists[at] as string[][],
    table: tables[at] as string[][],
  }));
}

function fromHex(hex: string): Buffer {
  return Buffer.from(hex.replace(/\s/g, ""), "hex");
}

/** What stands at each index above the static table. */
function tableOf(decoder: HpackDecoder): string[][] {
  const entries: string[][] = [];
  for (let index = 62; ; index++) {
    try {
      entries.push([...(decoder.decode(Buffer.from([0x80 | index])) ?? [])]);
    } catch (error) {
      assert.ok(error instanceof HpackError);
      return entries;
    }
  }
}
