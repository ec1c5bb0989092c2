import type { FastifyRequest } from "fastify";
import type * as core from "grpc-transcoding";

/**
 * Decides on every call of a gateway, REST and native, after the app's hooks and before it reaches its service: lets it
 * pass, changes its metadata, sets who is calling, or refuses it with a failure. May be async.
 */
export type Policy = core.Policy<FastifyRequest>;

/** What a {@link Policy} is told of a call. */
export type PolicyCall = core.PolicyCall<FastifyRequest>;

export type { Verdict } from "grpc-transcoding";
