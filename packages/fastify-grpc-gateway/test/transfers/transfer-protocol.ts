/** What a process is asked to do before it reports: to count anew, after a garbage collection; to read the uploads that it does not. */
export interface TransferRequest {
  readonly id: number;
  readonly does: "report" | "restart" | "resume";
}

/** What a process tells of itself since the last `restart`, in bytes. */
export interface TransferReport {
  readonly id: number;
  readonly rss: number;
  readonly peakRss: number;
  /** What handlers have handed to calls, and taken from them. */
  readonly sent: number;
  readonly received: number;
  /** When a call was last cancelled, in milliseconds of the epoch. */
  readonly cancelledAt: number;
  /** Calls inside of handlers. */
  readonly open: number;
}
