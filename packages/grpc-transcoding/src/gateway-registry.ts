import type { Route, RouteTable } from "./http/route-table.ts";
import type { JsonOptions } from "./json/json-codec.ts";
import type { HttpBinding, MethodSchema, Schema } from "./schema/schema.ts";
import type { ErrorMapper, ErrorResponse } from "./status/error-mapper.ts";

const key = Symbol.for("fastify-grpc.registry.v1");

/** What the other plugins and the port split may know of one gateway. Members are live: a reload changes them. */
export interface GatewayEntry {
  /** Unique within the app; the gateway's prefix unless named. */
  readonly name: string;
  /** The full URL prefix, `""` for none. */
  readonly prefix: string;
  readonly schema: Schema;
  readonly table: RouteTable<Route>;
  readonly bindings: readonly HttpBinding[];
  readonly json: JsonOptions;
  /** The names of the stream encoders that the gateway offers, the default first. */
  readonly streamFormats: readonly string[];
  /** Whether items of a stream are bare messages, or grpc-gateway's `{"result": ...}`. @default "bare" */
  readonly streamEnvelope?: "bare" | "result";
  /** Whether a PATCH without a field mask gets one from its body. @default true */
  readonly patchFieldMask?: boolean;
  /** Whether the body of a google.api.HttpBody request is taken as it comes, or is its JSON. @default "raw" */
  readonly httpBodyRequests?: "raw" | "json";
  /** The failures that policies in front of a method can answer: authentication, limits, breaker. */
  readonly policyErrors?: (method: MethodSchema) => readonly ErrorResponse[];
  /** Defined once the app is ready. */
  readonly errors: ErrorMapper | undefined;
  /** Grows with every change of the other members. */
  readonly revision: number;
}

/** All gateways of one app, in registration order. */
export interface GatewayRegistry {
  readonly gateways: readonly GatewayEntry[];
  /** Adds a gateway. Throws when its name is taken. Returns the function that removes it. */
  add(entry: GatewayEntry): () => void;
  /** Grows with every gateway added, removed or changed: the key of anything cached from the registry. */
  readonly revision: number;
}

/**
 * The registry of an app, hung on its server under `Symbol.for("fastify-grpc.registry.v1")`, so that
 * all scopes and two copies of this module share it. Made on first use.
 */
export function gatewayRegistry(server: object): GatewayRegistry {
  const holder = server as { [key]?: GatewayRegistry };
  holder[key] ??= createRegistry();
  return holder[key];
}

function createRegistry(): GatewayRegistry {
  const gateways: GatewayEntry[] = [];
  let changes = 0;
  return {
    gateways,
    add(entry) {
      if (gateways.some((other) => other.name === entry.name)) {
        throw new Error(`a gateway named ${JSON.stringify(entry.name)} exists already`);
      }
      gateways.push(entry);
      changes += 1;
      return () => {
        const at = gateways.indexOf(entry);
        if (at < 0) return;
        gateways.splice(at, 1);
        // Keeps the sum of revisions growing when a changed entry leaves.
        changes += 1 + entry.revision;
      };
    },
    get revision() {
      return gateways.reduce((sum, entry) => sum + entry.revision, changes);
    },
  };
}
