/** Wrong arguments: the command line prints the message and how to get help, and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
