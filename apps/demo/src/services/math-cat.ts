import type { ServerUnaryCall } from "@grpc/grpc-js";
import { Code, StatusError, throwingHandlers } from "fastify-grpc-errors";

const MAX_INT32 = 2 ** 31 - 1;
const MIN_INT32 = -(2 ** 31);

/** The handlers of `math.Cat` (proto/math/cat.proto). */
export const mathCat: ReturnType<typeof throwingHandlers> = throwingHandlers({
  Sum({ request }: Pick<ServerUnaryCall<{ vals: number[] }, unknown>, "request">) {
    const val = request.vals.reduce((sum, value) => sum + value, 0);
    if (val > MAX_INT32 || val < MIN_INT32) {
      throw new StatusError(Code.OUT_OF_RANGE, `the sum ${val} is not an int32`);
    }
    return { val };
  },

  Version: () => ({ version: "1.0.0" }),
});
