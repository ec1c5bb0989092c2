import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** What the next query meets. */
export type ConsulFault = "no leader" | "half a body" | "hangs" | "forbidden";

/**
 * Stands in for Consul: the part of its HTTP API that reads and writes keys, with blocking queries as its documentation
 * has them. It is not Consul.
 */
export class FakeConsulKV {
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #values = new Map<string, { readonly text: string; readonly modifyIndex: number }>();
  readonly #waiting = new Set<() => void>();
  readonly #faults: ConsulFault[] = [];
  #index = 10;
  /** The queries so far, as they were asked. */
  readonly queries: URL[] = [];

  static async start(t: TestContext): Promise<FakeConsulKV> {
    const consul = new FakeConsulKV();
    await consul.listen(0);
    t.after(() => consul.stop());
    return consul;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  fault(...faults: ConsulFault[]): void {
    this.#faults.push(...faults);
    this.#wake();
  }

  /** The state of a snapshot: indexes begin anew, below those that clients have. */
  restore(key: string, text: string): void {
    this.#index = 5;
    this.#values.set(key, { text, modifyIndex: 5 });
    this.#wake();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://consul");
    const key = decodeURIComponent(url.pathname.replace("/v1/kv/", ""));
    if (request.method === "PUT") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#index += 1;
      this.#values.set(key, { text: Buffer.concat(chunks).toString(), modifyIndex: this.#index });
      this.#wake();
      response.end("true");
    } else if (request.method === "DELETE") {
      this.#index += 1;
      this.#values.delete(key);
      this.#wake();
      response.end("true");
    } else {
      this.queries.push(url);
      await this.#block(url, response);
      this.#answer(key, response);
    }
  }

  /** Until the index is beyond the one that is asked with, or the wait is over. */
  async #block({ searchParams }: URL, response: ServerResponse): Promise<void> {
    const index = Number(searchParams.get("index") ?? 0);
    if (index === 0 || index !== this.#index || this.#faults.length > 0) return;
    const wait = Number.parseInt(searchParams.get("wait") ?? "300000", 10);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      response.on("close", wake);
    });
  }

  #answer(key: string, response: ServerResponse): void {
    const fault = this.#faults.shift();
    if (fault === "hangs") return;
    if (fault === "no leader") return void response.writeHead(500).end("No cluster leader");
    if (fault === "forbidden") return void response.writeHead(403).end("Permission denied");
    const found = this.#values.get(key);
    response.setHeader("x-consul-index", String(this.#index));
    if (found === undefined) return void response.writeHead(404).end();
    const { text, modifyIndex } = found;
    const value = {
      Key: key,
      Value: Buffer.from(text).toString("base64"),
      ModifyIndex: modifyIndex,
    };
    const body = JSON.stringify([value]);
    if (fault === "half a body") {
      response.setHeader("content-length", body.length);
      response.write(body.slice(0, body.length / 2), () => response.destroy());
    } else response.end(body);
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
