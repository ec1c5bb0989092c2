import { callRows } from "./call-rows.ts";
import { oneOf, text } from "./checks.ts";
import type { FastifyGrpcGatewayOptions } from "./gateway-options.ts";
import { messageRows } from "./message-rows.ts";
import { always, type OptionRows, type PresetRows } from "./option-row.ts";
import { portRows } from "./port-rows.ts";
import type { PresetOnly } from "./preset.ts";
import { presetRows } from "./preset-rows.ts";
import type { ResolvedOptions } from "./resolved-options.ts";
import { routingRows } from "./routing-rows.ts";
import { schemaRows } from "./schema-rows.ts";

/**
 * Every option of the gateway, with its check, default, preset values and help, and what only presets
 * set. Checking, resolving and the README's table all follow it. The compiler asks for each row.
 */
export const optionTable: OptionRows<FastifyGrpcGatewayOptions, ResolvedOptions> &
  PresetRows<PresetOnly> = {
  ...schemaRows,
  name: {
    help: "unique in the app",
    check: text(),
    default: always(undefined),
    otherwise: 'the prefix, or `"default"`',
  },
  preset: {
    help: '`"grpc-gateway"`: the defaults of grpc-gateway v2, for its clients',
    check: oneOf("standard", "grpc-gateway"),
    default: always("standard"),
  },
  ...routingRows,
  ...messageRows,
  ...callRows,
  ...portRows,
  ...presetRows,
};
