import type { ServerUnaryCall } from "@grpc/grpc-js";
import { Code, StatusError, throwingHandlers } from "fastify-grpc-errors";

/** risk.v1.AssessRequest as proto-loader shapes it; int64 a string. */
interface AssessRequest {
  readonly amount: string;
  readonly cardCountry: string;
  readonly buyerCountry: string;
}

/** The handlers of `risk.v1.Assessments` (proto/risk/v1/assessments.proto). */
export const assessments: ReturnType<typeof throwingHandlers> = throwingHandlers({
  Assess({ request }: Pick<ServerUnaryCall<AssessRequest, unknown>, "request">) {
    const { amount, cardCountry, buyerCountry } = request;
    if (Number(amount) <= 0) {
      throw new StatusError(Code.INVALID_ARGUMENT, "amount: must be above zero");
    }
    // 1 for each 1,000.00 of the amount, and 40 where card and buyer are of two countries.
    const abroad = cardCountry === buyerCountry ? 0 : 40;
    const score = Math.min(100, Math.floor(Number(amount) / 100_000) + abroad);
    return { score, advice: score < 40 ? "ACCEPT" : score < 80 ? "REVIEW" : "DECLINE" };
  },
});
