export type { ContractLimits, MakeTransport } from "./testing/contract.ts";
export type { ProbeLog } from "./testing/probe-service.ts";
export { probeServer } from "./testing/probe-service.ts";
export type { ProbeMethod, RecordedCall, RecordedCallOptions } from "./testing/recorded-call.ts";
export { callUnary, startCall } from "./testing/recorded-call.ts";
export { runTransportContract } from "./testing/transport-contract.ts";
