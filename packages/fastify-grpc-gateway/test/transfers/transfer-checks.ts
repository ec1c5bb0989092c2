import { setTimeout as delay } from "node:timers/promises";
import { digestOf, type HttpVersion, jsonOf, startTransfer } from "./transfer-clients.ts";
import { hashOf, partsOf, uploadKinds } from "./transfer-service.ts";
import type { TransferTarget } from "./transfer-target.ts";

const MB: number = 2 ** 20;
const bigSize: number = 200 * MB;

/** What a check has found: in words, and what must not be. */
export interface TransferOutcome {
  readonly done: string;
  readonly broken: readonly string[];
}

/** Something that must hold of a gateway whatever the version of HTTP. */
export interface TransferCheck {
  readonly name: string;
  run(target: TransferTarget, version: HttpVersion): Promise<TransferOutcome>;
}

async function warmUp(target: TransferTarget, version: HttpVersion): Promise<void> {
  if (target.isWarm) return target.restart();
  target.isWarm = true;
  const start = startTransfer[version];
  await digestOf(start(target.port, `/v1/read/${16 * MB}`).answer);
  const upload = { parts: partsOf(16 * MB), contentType: "image/png" };
  await jsonOf(start(target.port, "/v1/write", upload).answer);
  await target.restart();
}

/** A file of so many bytes comes and goes whole, and memory does not grow with it. */
export const wholeFiles = (size: number): readonly TransferCheck[] => [
  {
    name: `a download of ${size / MB} MB`,
    async run(target, version) {
      await warmUp(target, version);
      const hash = await digestOf(startTransfer[version](target.port, `/v1/read/${size}`).answer);
      return withGrowth(target, 64, hash === hashOf(size) ? [] : ["the hash"]);
    },
  },
  {
    name: `an upload of ${size / MB} MB`,
    async run(target, version) {
      await warmUp(target, version);
      const upload = { parts: partsOf(size), contentType: "image/png" };
      const start = startTransfer[version](target.port, "/v1/write", upload);
      const { name } = await jsonOf(start.answer);
      return withGrowth(target, 64, name === hashOf(size) ? [] : ["the hash"]);
    },
  },
];

/** Who does not read, on either side, stops the other. */
export const pausedSides: readonly TransferCheck[] = [
  ...["/v1/read/", "/v1/lines/"].map((path) => ({
    name: `a client that does not read ${path}`,
    async run(target: TransferTarget, version: HttpVersion) {
      await warmUp(target, version);
      const transfer = startTransfer[version](target.port, path + bigSize);
      await transfer.answer;
      const { sent } = await target.whenStill();
      const outcome = await withGrowth(target, 32, below("the service has sent", sent, 8));
      transfer.leave();
      return outcome;
    },
  })),
  {
    name: "a service that does not read",
    async run(target, version) {
      await warmUp(target, version);
      const upload = { parts: partsOf(bigSize), contentType: uploadKinds.paused };
      const transfer = startTransfer[version](target.port, "/v1/write", upload);
      await target.until(({ received }) => received > 0);
      const written = await whenStill(transfer.written);
      const { received } = await target.service();
      const outcome = await withGrowth(target, 32, [
        ...below("the client has sent", written, 8),
        ...below("the service has taken", received, 1),
      ]);
      await target.resume();
      transfer.leave();
      return outcome;
    },
  },
];

/** So many clients that do not read at once. */
export const pausedReaders = (count: number): TransferCheck => ({
  name: `${count} clients that do not read`,
  async run(target, version) {
    await warmUp(target, version);
    const path = `/v1/read/${bigSize}`;
    const transfers = Array.from({ length: count }, () =>
      startTransfer[version](target.port, path),
    );
    await Promise.all(transfers.map(({ answer }) => answer));
    const { sent } = await target.whenStill();
    const outcome = await withGrowth(target, 100, below("the service has sent", sent / count, 8));
    for (const transfer of transfers) transfer.leave();
    return outcome;
  },
});

/** Who ends early, on either side, ends the other. */
export const earlyEnds: readonly TransferCheck[] = [
  {
    name: "a downloader that goes away",
    async run(target, version) {
      await target.restart();
      const transfer = startTransfer[version](target.port, `/v1/read/${bigSize}`);
      await transfer.answer;
      return vanish(target, transfer.leave);
    },
  },
  {
    name: "an uploader that goes away",
    async run(target, version) {
      await target.restart();
      const parts = stalledParts();
      const upload = { parts, contentType: "image/png" };
      const transfer = startTransfer[version](target.port, "/v1/write", upload);
      await target.until(({ received }) => received === MB);
      return vanish(target, transfer.leave);
    },
  },
  {
    name: "a service that answers before the upload's end",
    async run(target, version) {
      await target.restart();
      const upload = { parts: partsOf(bigSize), contentType: uploadKinds.early };
      const transfer = startTransfer[version](target.port, "/v1/write", upload);
      const answer = await jsonOf(transfer.answer).catch(String);
      const isAnswered = typeof answer !== "string" && answer.name === "early";
      const written = await whenStill(transfer.written);
      transfer.leave();
      return {
        done: `${megabytes(written)} MB sent`,
        broken: [
          ...(isAnswered ? [] : [`no answer: ${answer}`]),
          ...below("the client has sent", written, 8),
        ],
      };
    },
  },
];

async function vanish(target: TransferTarget, leave: () => void): Promise<TransferOutcome> {
  const before = performance.timeOrigin + performance.now();
  leave();
  const { cancelledAt } = await target.until(({ open }) => open === 0);
  const ms = Math.round(cancelledAt - before);
  return { done: `cancelled after ${ms} ms`, broken: ms < 100 ? [] : ["after 100 ms"] };
}

/** A part of 1 MB, and no end. */
async function* stalledParts(): AsyncGenerator<Buffer> {
  yield* partsOf(MB);
  await new Promise(() => {});
}

async function withGrowth(
  target: TransferTarget,
  most: number,
  broken: readonly string[],
): Promise<TransferOutcome> {
  const growth = await target.growth();
  return {
    done: `RSS ${megabytes(growth)} MB`,
    broken: [...broken, ...below("RSS has grown by", growth, most)],
  };
}

function below(what: string, bytes: number, most: number): readonly string[] {
  return bytes < most * MB ? [] : [`${what} ${megabytes(bytes)} MB, not less than ${most}`];
}

async function whenStill(read: () => number): Promise<number> {
  let last = read();
  for (let still = 0; still < 12; ) {
    await delay(50);
    const now = read();
    still = now === last ? still + 1 : 0;
    last = now;
  }
  return last;
}

const megabytes = (bytes: number): string => (bytes / MB).toFixed(1);
