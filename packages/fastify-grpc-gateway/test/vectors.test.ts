import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import type { FastifyReply, FastifyRequest } from "fastify";
import { listen, shopApp } from "./shop.ts";

interface Case {
  readonly id: string;
  readonly bindings: readonly { id: string; method: string; template: string }[];
  readonly method: string;
  readonly url: string;
  readonly expect: {
    readonly status: number;
    readonly binding?: string;
    readonly vars?: Record<string, string>;
    readonly allow?: readonly string[];
  };
}

const path = "../../grpc-transcoding/test/vectors/http-rule-and-query.json";
const { cases } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
  cases: readonly Case[];
};

/** The cases that share their bindings, in order. */
const groups = new Map<string, Case[]>();
for (const one of cases) {
  const key = JSON.stringify(one.bindings);
  groups.set(key, [...(groups.get(key) ?? []), one]);
}

/** Sends a request line as it stands, and answers the head of the response. */
function head(port: number, method: string, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(text.split("\r\n\r\n")[0] as string));
    socket.write(`${method} ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`, "latin1");
  });
}

function header(response: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "im").exec(response)?.[1];
}

// What a request answers is told in headers, since HEAD has no body.
function answer(binding: string) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const vars = Buffer.from(JSON.stringify(request.params)).toString("base64");
    reply.headers({ "x-binding": binding, "x-vars": vars }).send();
  };
}

for (const [index, group] of [...groups.values()].entries()) {
  test(`the path vectors hold over a socket: ${group[0]?.id} and ${group.length - 1} more`, async (t) => {
    const app = await shopApp(t, { services: ["shop.v1.Clock"], prefix: "", name: `g${index}` });
    const gateway = app.grpcGateway();
    for (const { id, method, template } of group[0]?.bindings ?? []) {
      gateway.handlePath(method, template, answer(id));
    }
    await listen(app);
    const { port } = app.server.address() as { port: number };
    for (const { id, method, url, expect } of group) {
      const response = await head(port, method, url);
      assert.equal(Number(response.split(" ")[1]), expect.status, `${id}: ${response}`);
      if (expect.status === 200) {
        assert.equal(header(response, "x-binding"), expect.binding, id);
        const vars = Buffer.from(header(response, "x-vars") ?? "", "base64").toString();
        assert.deepEqual(JSON.parse(vars), expect.vars, id);
      }
      if (expect.allow) assert.deepEqual(header(response, "allow")?.split(", "), expect.allow, id);
    }
  });
}
