import type { ServerUnaryCall } from "@grpc/grpc-js";
import { throwingHandlers } from "fastify-grpc-errors";
import { badRequestDetail, Code, errorInfoDetail, StatusError } from "grpc-transcoding";

/** pay.v1.Payment as proto-loader shapes it; int64 a string. */
interface Payment {
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly state: "CHARGED" | "REFUNDED";
}

interface CreatePaymentRequest {
  readonly amount: string;
  readonly currency: string;
  readonly card: string;
}

type Call<Request> = Pick<ServerUnaryCall<Request, unknown>, "request">;

const MAX_PAYMENTS = 1000;

/** The handlers of `pay.v1.Payments` (proto/pay/v1/payments.proto); the newest thousand payments are kept. */
export function payments(): ReturnType<typeof throwingHandlers> {
  const taken = new Map<string, Payment>();
  let nextId = 1;
  const paymentNamed = (name: string): Payment => {
    const payment = taken.get(name);
    if (payment === undefined) throw paymentNotFound(name);
    return payment;
  };
  return throwingHandlers({
    CreatePayment({ request: { amount, currency, card } }: Call<CreatePaymentRequest>) {
      if (Number(amount) <= 0) throw invalidField("amount", "must be above zero");
      if (card === "") throw invalidField("card", "name the card to charge");
      if (card === "network-down") {
        throw new StatusError(Code.UNAVAILABLE, "the card network does not answer");
      }
      const payment: Payment = { name: `payments/${nextId++}`, amount, currency, state: "CHARGED" };
      taken.set(payment.name, payment);
      if (taken.size > MAX_PAYMENTS) taken.delete(taken.keys().next().value as string);
      return payment;
    },

    GetPayment: ({ request: { name } }: Call<{ name: string }>) => paymentNamed(name),

    RefundPayment({ request: { name } }: Call<{ name: string }>) {
      const payment: Payment = { ...paymentNamed(name), state: "REFUNDED" };
      taken.set(name, payment);
      return payment;
    },
  });
}

function invalidField(field: string, description: string): StatusError {
  return new StatusError(Code.INVALID_ARGUMENT, `${field}: ${description}`, {
    details: [badRequestDetail([{ field, description }])],
  });
}

function paymentNotFound(name: string): StatusError {
  const metadata = { name };
  const domain = "pay.example.com";
  return new StatusError(Code.NOT_FOUND, `there is no payment ${JSON.stringify(name)}`, {
    details: [errorInfoDetail({ reason: "PAYMENT_NOT_FOUND", domain, metadata })],
  });
}
