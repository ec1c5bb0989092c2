/**
 * The one place that knows private members of Fastify's instances and requests (unchanged through 5.x). They hang on symbols of which
 * only the description is known from outside; each use does without one that is missing, or says what it needs.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";

/** The lists of an instance's hooks by their names, inherited ones included. */
export type HookLists = Record<string, unknown[]>;

/** The hooks that a scope and its parents have, as a route registered in it now would get them. */
export function hooksOf(fastify: FastifyInstance): HookLists {
  const hooks = memberOf(fastify, "fastify.hooks");
  if (typeof hooks === "object" && hooks !== null) return hooks as HookLists;
  throw new Error(
    'this fastify keeps its hooks elsewhere than versions 5.x: set nativeGrpc: { hooks: "skip" }, and guard native calls by policies',
  );
}

/** Tells of hooks that are added to a scope or its parents from now on: Fastify adds them one by one, here as well. */
export function onHookAdded(hooks: HookLists, added: (name: string) => void): void {
  const { add } = hooks as unknown as { add: (name: string, hook: unknown) => void };
  Object.assign(hooks, {
    add(name: string, hook: unknown) {
      add.call(hooks, name, hook);
      added(name);
    },
  });
}

/** Lets an instance's routes begin at the root of the app, whatever prefixes its parents have. */
export function dropPrefix(fastify: FastifyInstance): void {
  if (fastify.prefix === "") return;
  const symbol = symbolOf(fastify, "fastify.routePrefix");
  if (symbol !== undefined) (fastify as unknown as Record<symbol, string>)[symbol] = "";
  if (fastify.prefix !== "") {
    throw new Error(
      'this fastify keeps its prefixes elsewhere than versions 5.x: register the gateway in a scope without a prefix, or set nativeGrpc: { hooks: "skip" }',
    );
  }
}

/**
 * Lets an app wait before it begins to close: until then it goes on to take requests. Fastify refuses new ones before it
 * runs any hook of its own.
 */
export function beforeClose(fastify: FastifyInstance, wait: () => Promise<void>): void {
  let owner: FastifyInstance = fastify;
  while (!Object.hasOwn(owner, "close")) owner = Object.getPrototypeOf(owner);
  const close = owner.close as (done?: () => void) => unknown;
  Object.assign(owner, {
    close(done?: () => void) {
      const waited = wait();
      if (done === undefined) return waited.then(() => close.call(owner));
      void waited.then(() => close.call(owner, done));
      return undefined;
    },
  });
}

/** What tells whether a request is logged; undefined where Fastify keeps none. */
export function logControllerOf(fastify: FastifyInstance): unknown {
  return memberOf(fastify, "fastify.logController");
}

/** The stream that a request's body is read from, as the preParsing hooks left it. */
export function payloadOf(request: FastifyRequest): unknown {
  return memberOf(request, "fastify.RequestPayloadStream");
}

function memberOf(owner: object, description: string): unknown {
  const symbol = symbolOf(owner, description);
  return symbol === undefined ? undefined : (owner as Record<symbol, unknown>)[symbol];
}

function symbolOf(owner: object, description: string): symbol | undefined {
  for (let scope: object | null = owner; scope !== null; scope = Object.getPrototypeOf(scope)) {
    const found = Object.getOwnPropertySymbols(scope).find(
      (one) => one.description === description,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
