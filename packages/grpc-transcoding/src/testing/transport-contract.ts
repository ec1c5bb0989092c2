import { test } from "node:test";
import { cancelContract } from "./cancel-contract.ts";
import type { Contract, MakeTransport } from "./contract.ts";
import { deadlineContract } from "./deadline-contract.ts";
import { failuresContract } from "./failures-contract.ts";
import { interceptorContract } from "./interceptor-contract.ts";
import { limitsContract } from "./limits-contract.ts";
import { metadataContract } from "./metadata-contract.ts";
import { probeServer } from "./probe-service.ts";
import { streamContract } from "./stream-contract.ts";
import { unaryContract } from "./unary-contract.ts";
import { upstreamContract } from "./upstream-contract.ts";

/**
 * What every {@link Transport} must do, as tests of node:test against real handlers of grpc-js. Call it at the top
 * of a test file. `name` stands before each sentence.
 */
export function runTransportContract(name: string, makeTransport: MakeTransport): void {
  const contract: Contract = (sentence, run, serverOptions, limits) => {
    test(`${name}: ${sentence}`, { timeout: 10_000 }, async (t) => {
      const { server, log } = probeServer(serverOptions);
      await run(await makeTransport(t, server, limits), log);
    });
  };
  unaryContract(contract);
  metadataContract(contract);
  failuresContract(contract);
  deadlineContract(contract);
  cancelContract(contract);
  streamContract(contract);
  limitsContract(contract);
  upstreamContract(contract);
  interceptorContract(contract);
}
