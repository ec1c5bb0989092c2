import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Admission,
  changeEntries,
  entryChanges,
  runPolicies,
} from "grpc-transcoding/internal";
import {
  CallContext,
  Code,
  contextKey,
  type Policy,
  type PolicyCall,
  refuse,
  StatusError,
} from "../../src/index.ts";

function callOf(context = new CallContext()): PolicyCall {
  return {
    protocol: "grpc",
    method: { path: "/a.A/M", service: "a.A", name: "M" },
    binding: undefined,
    gateway: "default",
    tenant: undefined,
    headers: {},
    peer: "192.0.2.1:1",
    get identity() {
      return context.identity;
    },
    context,
    request: undefined,
  };
}

function run(...policies: unknown[]): {
  admission: Admission | Promise<Admission>;
  errors: unknown[];
} {
  const errors: unknown[] = [];
  const admission = runPolicies(policies as Policy[], callOf(), (error) => errors.push(error));
  return { admission, errors };
}

/** The code that a policy refuses with, told at once. */
function codeOf(policy: unknown): number | undefined {
  return (run(policy).admission as Admission).refuse?.status.code;
}

test("policies that need no time are decided at once", () => {
  const { admission } = run(
    () => {},
    () => ({}),
  );
  assert.deepEqual(admission, { refuse: undefined, metadata: undefined });
});

test("the first refusal decides, and nobody is asked behind it", async () => {
  const asked: string[] = [];
  const named = (name: string, verdict?: unknown) => () => {
    asked.push(name);
    return verdict;
  };
  const no = refuse("PERMISSION_DENIED", "no");
  assert.equal(
    ((await run(named("a"), named("b", Promise.resolve(no)), named("c")).admission) as Admission)
      .refuse?.status.message,
    "no",
  );
  assert.deepEqual(asked, ["a", "b"]);
});

test("a promise of another kind is waited for as any other, so that its refusal holds", async () => {
  const thenable = {
    // biome-ignore lint/suspicious/noThenProperty: what libraries of promises of their own return.
    then: (tell: (verdict: unknown) => void) =>
      tell({ refuse: refuse("PERMISSION_DENIED", "no").refuse }),
  };
  const { admission } = run(() => thenable);
  assert.ok(admission instanceof Promise, "who asks tells by this that there is no verdict yet");
  assert.equal((await admission).refuse?.status.code, Code.PERMISSION_DENIED);
});

test("what is no verdict refuses the call, and is told to the log alone", () => {
  const nonsense = [true, "yes", null, { deny: true }, { refuse: {} }, { refuse: new Error("x") }];
  for (const verdict of nonsense) {
    const { admission, errors } = run(() => verdict);
    assert.equal((admission as Admission).refuse?.status.code, Code.INTERNAL);
    assert.equal(errors.length, 1);
  }
  for (const code of [0, 17, -1, 1.5, "5"]) {
    assert.equal(
      codeOf(() => ({ refuse: { status: { code, message: "", details: [] } } })),
      Code.INTERNAL,
    );
  }
});

test("an error with a status refuses with it, thrown or returned", async () => {
  const errors = [
    new StatusError(Code.NOT_FOUND, "none"),
    Object.assign(new Error("none"), { statusCode: 404 }),
  ];
  for (const error of errors) {
    const thrower = () => {
      throw error;
    };
    assert.equal(codeOf(thrower), Code.NOT_FOUND);
    assert.equal(
      codeOf(() => ({ refuse: error })),
      Code.NOT_FOUND,
    );
    const { refuse: rejected } = await run(async () => Promise.reject(error)).admission;
    assert.equal(rejected?.status.code, Code.NOT_FOUND);
  }
});

test("a refusal that cannot be looked at refuses all the same, sync and async", async () => {
  const hostile = {
    get refuse() {
      return {
        origin: "gateway",
        status: {
          code: 7,
          get message(): string {
            throw new Error("secret");
          },
        },
      };
    },
  };
  assert.equal(
    codeOf(() => hostile),
    Code.INTERNAL,
  );
  assert.equal((await run(async () => hostile).admission).refuse?.status.code, Code.INTERNAL);
  let reads = 0;
  const fickle = {
    get refuse() {
      reads += 1;
      return reads === 1 ? refuse("ABORTED", "").refuse : undefined;
    },
  };
  assert.equal(
    codeOf(() => fickle),
    Code.ABORTED,
  );
});

test("metadata of later verdicts replaces that of earlier ones, and undefined removes a key", () => {
  const { admission } = run(
    () => ({ metadata: { "X-User": "a", "x-gone": undefined } }),
    () => ({ metadata: { "x-user": ["b", "c"], "k-bin": new Uint8Array([1]) } }),
  );
  const { metadata } = admission as Admission;
  assert.deepEqual(
    changeEntries(
      [
        ["x-user", "eve"],
        ["x-gone", "1"],
        ["x-kept", "2"],
      ],
      metadata,
    ),
    [
      ["x-kept", "2"],
      ["x-user", "b"],
      ["x-user", "c"],
      ["k-bin", new Uint8Array([1])],
    ],
  );
});

test("a verdict strips keys of the client and of the policies before it, but not its own nor later ones", () => {
  const { admission } = run(
    () => ({ metadata: { "x-user": "early", "y-1": "a" } }),
    () => ({ metadata: { "x-own": "mine" }, strip: (key: string) => key.startsWith("x") }),
    () => ({ strip: (key: string) => key === "y-2" }),
    () => ({ metadata: { "x-late": "b" } }),
  );
  const { metadata } = admission as Admission;
  const sent = ["x-user", "x-own", "xother", "y-2", "y-3"].map((key) => [key, "eve"] as const);
  assert.deepEqual(changeEntries(sent, metadata), [
    ["y-3", "eve"],
    ["y-1", "a"],
    ["x-own", "mine"],
    ["x-late", "b"],
  ]);
  assert.equal(
    codeOf(() => ({ strip: "x" }) as never),
    Code.INTERNAL,
  );
});

test("metadata that no call may have refuses the call", () => {
  for (const metadata of [
    { "grpc-timeout": "1S" },
    { "content-type": "a" },
    { "x-a": "line\nbreak" },
    { "x-bin": "text" },
    { "a key": "b" },
  ]) {
    assert.equal(
      codeOf(() => ({ metadata })),
      Code.INTERNAL,
      JSON.stringify(metadata),
    );
  }
  assert.throws(() => entryChanges([["host", "a"]]), TypeError);
});

test("an identity is that of the policies behind it", () => {
  const seen: unknown[] = [];
  run(
    () => ({ identity: "alice" }),
    ({ identity }: PolicyCall) => void seen.push(identity),
  );
  assert.deepEqual(seen, ["alice"]);
});

test("refuse takes the names of codes that are failures", () => {
  for (const code of ["OK", "NOPE", "toString", 7]) {
    assert.throws(() => refuse(code as never, ""), TypeError, String(code));
  }
});

test("keys of one name are two places, and nothing set is the key's own value", () => {
  const [one, other] = [contextKey("plan", 1), contextKey("plan", 2)];
  const context = new CallContext();
  assert.deepEqual([context.get(one), context.get(other)], [1, 2]);
  context.set(one, 5);
  assert.deepEqual([context.get(one), context.get(other)], [5, 2]);
});

test("a policy that has answered ends the matter, where there is something to answer by", () => {
  const answered = () => ({ answered: true }) as const;
  const errors: unknown[] = [];
  let asked = 0;
  const count = (): void => {
    asked += 1;
  };
  const policies = [answered, count];
  const call = { ...callOf(), reply: {} };
  const tell = (error: unknown) => void errors.push(error);
  assert.deepEqual(runPolicies(policies, call, tell), {
    refuse: undefined,
    answered: true,
    metadata: undefined,
  });
  assert.deepEqual([asked, errors], [0, []]);
  const native = runPolicies(policies, callOf(), tell) as Admission;
  assert.equal(native.refuse?.status.code, Code.INTERNAL);
  const unsure = [() => ({ answered: false }) as never];
  assert.equal((runPolicies(unsure, call, tell) as Admission).refuse?.status.code, Code.INTERNAL);
  assert.match(String(errors), /once it has answered by the call's reply/);
});

test("a policy that answers after a while ends the matter too", async () => {
  const call = { ...callOf(), reply: {} };
  let asked = 0;
  const count = (): void => {
    asked += 1;
  };
  const policies = [async () => ({ answered: true }) as const, count];
  assert.equal((await runPolicies(policies, call, () => assert.fail())).answered, true);
  assert.equal(asked, 0);
});
