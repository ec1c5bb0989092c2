/** The part of JSON Schema that the document is described in. `camelized` follows it. */
export interface DocumentSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly oneOf?: readonly DocumentSchema[];
  readonly properties?: Readonly<Record<string, DocumentSchema>>;
  readonly additionalProperties?: DocumentSchema | false;
  readonly required?: readonly string[];
  readonly propertyNames?: DocumentSchema;
  readonly items?: DocumentSchema;
  readonly uniqueItems?: boolean;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly pattern?: string;
  /** What to write instead, for messages of `pattern`. */
  readonly description?: string;
}

const text: DocumentSchema = { type: "string", minLength: 1 };
const texts: DocumentSchema = { type: "array", items: text, uniqueItems: true };
const someTexts: DocumentSchema = { ...texts, minItems: 1 };
const flag: DocumentSchema = { type: "boolean" };
const count: DocumentSchema = { type: "integer", minimum: 1 };
const bytes: DocumentSchema = { type: "integer", minimum: 1 };
// Node's timers take no more.
const milliseconds: DocumentSchema = { type: "integer", minimum: 1, maximum: 2 ** 31 - 1 };
const status: DocumentSchema = { type: "integer", minimum: 400, maximum: 599 };

function object(
  properties: Readonly<Record<string, DocumentSchema>>,
  required: readonly string[] = [],
): DocumentSchema {
  return { type: "object", properties, required, additionalProperties: false };
}

function mapOf(
  additionalProperties: DocumentSchema,
  propertyNames?: DocumentSchema,
): DocumentSchema {
  return { type: "object", additionalProperties, ...(propertyNames && { propertyNames }) };
}

function oneOf(...values: readonly string[]): DocumentSchema {
  return { enum: values };
}

const bucket = {
  capacity: { type: "integer", minimum: 1, maximum: 1e12 },
  refill_per_second: { type: "number", minimum: 0, maximum: 1e12 },
} as const;

const limitKey: DocumentSchema = {
  oneOf: [
    oneOf("tenant", "apiKey", "user", "ip", "method"),
    object({ header: text }, ["header"]),
    object({ claim: text }, ["claim"]),
  ],
  description: "one of tenant, apiKey, user, ip, method, { header: … }, { claim: … }",
};

const limit = object(
  {
    by: {
      oneOf: [limitKey, { type: "array", items: limitKey }],
      description:
        "one of tenant, apiKey, user, ip, method, { header: … }, { claim: … }, or a list of these",
    },
    ...bucket,
    methods: someTexts,
    cost: { type: "number", minimum: 0 },
    costs: mapOf({ type: "number", minimum: 0 }),
    overrides: mapOf(object(bucket, ["capacity", "refill_per_second"])),
  },
  ["capacity", "refill_per_second"],
);

const limits = mapOf(limit, {
  pattern: "^[\\w.-]{1,64}$",
  description: "letters, digits, '_', '-' and '.'",
});

const breaker = object({
  by: { type: "array", items: oneOf("tenant", "method") },
  methods: someTexts,
  failure_rate: { type: "number", minimum: 0, maximum: 100 },
  minimum_calls: count,
  window_ms: { ...milliseconds, minimum: 100 },
  consecutive_failures: count,
  reset_ms: milliseconds,
  probe_ms: milliseconds,
  codes: someTexts,
  deadline_floor_ms: milliseconds,
  max_circuits: count,
});

const bulkhead = object(
  {
    by: { type: "array", items: oneOf("tenant", "method") },
    methods: someTexts,
    max_concurrent: count,
    max_pending: { type: "integer", minimum: 0 },
    max_wait_ms: milliseconds,
    max_compartments: count,
  },
  ["max_concurrent"],
);

const origin: DocumentSchema = {
  type: "string",
  pattern:
    "^(\\*|[a-z][a-z0-9+.-]*://[a-z0-9.-]+(:\\d+)?|[a-z][a-z0-9+.-]*://\\[[0-9a-f:]+\\](:\\d+)?)$",
  description: '"*", or an origin in lower case without a path, such as https://app.example.com',
};

const cors = object(
  {
    allow_origins: { type: "array", items: origin, minItems: 1, uniqueItems: true },
    allow_credentials: flag,
    allow_methods: someTexts,
    allow_headers: someTexts,
    expose_headers: someTexts,
    max_age: { type: "integer", minimum: 0 },
  },
  ["allow_origins"],
);

const code: DocumentSchema = {
  oneOf: [text, { type: "integer", minimum: 1, maximum: 16 }],
  description: "the name or the number of a gRPC code",
};

const errors = object({
  preset: oneOf("google", "rest"),
  codes: mapOf(status),
  rules: {
    type: "array",
    items: object(
      {
        when: object({ method: text, domain: text, reason: text, detail: text, code }),
        // Named by the error table.
        // biome-ignore lint/suspicious/noThenProperty: it is data, and never awaited.
        then: object({
          status,
          message: text,
          headers: mapOf({ type: "string" }),
          strip_details: flag,
        }),
      },
      ["when", "then"],
    ),
  },
  http: mapOf(code),
  body: oneOf("status", "google", "problem", "auto"),
  mask_internal: flag,
  domain: text,
  methods: mapOf({
    type: "array",
    items: object(
      {
        code,
        reason: text,
        domain: text,
        message: text,
        details: texts,
        detail_types: texts,
        retryable: flag,
      },
      ["code"],
    ),
  }),
});

/** What a document may say of one tenant. */
export const tenantSchema: DocumentSchema = object(
  {
    id: {
      type: "string",
      pattern: "^[a-z0-9][a-z0-9-]{0,62}$",
      description: "1 to 63 of a-z, 0-9 and '-', the first one no '-'",
    },
    prefix: {
      type: "string",
      pattern: "^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$",
      description: "a path without escapes and without a slash at its end, such as /pay",
    },
    hosts: {
      ...someTexts,
      items: {
        type: "string",
        pattern: "^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:.]+\\])(:\\d{1,5})?$",
        description: "a host name in lower case, with or without a port",
      },
    },
    proto_path: { oneOf: [text, someTexts], description: "a path or a list of paths" },
    include_dirs: texts,
    descriptor_set: text,
    services: someTexts,
    upstream: text,
    cors,
    limits,
    breaker,
    bulkhead,
    errors,
    deadline: object({
      default_ms: milliseconds,
      stream_ms: milliseconds,
      max_ms: milliseconds,
      methods: mapOf(milliseconds),
    }),
    json: object({
      naming: oneOf("json", "proto"),
      emit: oneOf("implicit", "set", "all"),
      enums: oneOf("name", "number"),
      unknown_fields: oneOf("reject", "ignore"),
      duplicate_keys: oneOf("last", "reject"),
    }),
    unknown_query: {
      oneOf: [oneOf("reject", "ignore"), texts],
      description: "reject, ignore, or a list of the parameters to ignore",
    },
    message_limits: object({
      max_body_bytes: bytes,
      max_request_bytes: bytes,
      max_response_bytes: bytes,
    }),
    docs: flag,
    policies: texts,
  },
  ["id"],
);

/** What a tenants document may say. */
export const documentSchema: DocumentSchema = object(
  { tenants: { type: "array", items: tenantSchema } },
  ["tenants"],
);
