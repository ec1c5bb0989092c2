/** A fault of the peer that ends the connection (RFC 9113 section 5.4.1). */
export class ConnectionError extends Error {
  /** Of HTTP/2, for GOAWAY. */
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}
