import type { TestContext } from "node:test";
import type { Server, ServerOptions } from "@grpc/grpc-js";
import type { Transport } from "../model/transport.ts";
import type { ProbeLog } from "./probe-service.ts";

/** How large one message may be, in bytes of protobuf; -1 for no limit. */
export interface ContractLimits {
  /** @default 4 MiB */
  readonly maxRequestBytes?: number;
  /** @default 4 MiB */
  readonly maxResponseBytes?: number;
}

/** Makes a transport to a server that has the probe service, and releases it after the test. */
export type MakeTransport = (
  t: TestContext,
  server: Server,
  limits?: ContractLimits,
) => Promise<Transport>;

/** Declares one thing that a transport must do, as a test that gets a transport to a new server. */
export type Contract = (
  sentence: string,
  run: (transport: Transport, log: ProbeLog) => Promise<void>,
  serverOptions?: ServerOptions,
  limits?: ContractLimits,
) => void;
