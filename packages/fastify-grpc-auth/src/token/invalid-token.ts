/** A token that is none, or that nobody may believe. The message is for the log; clients are told no reason. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
}

/** Whether a token is good cannot be told at the moment. The message is for the log. */
export class UnverifiableToken extends Error {
  override readonly name = "UnverifiableToken";
}
