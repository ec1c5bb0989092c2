import assert from "node:assert/strict";
import { test } from "node:test";
import { type BindingSources, collectBindings } from "../../src/http/collect-bindings.ts";
import type { HttpBinding, MethodSchema } from "../../src/model/schema.ts";
import { bindingOf, libraryMethod } from "../protos/methods.ts";

const annotated: HttpBinding = {
  ...bindingOf("GetBook", { get: "/v1/{name=books/*}" }),
  source: "annotation",
};

/** A schema of GetBook, which is annotated, and CreateBook, which is not. */
const getBook: MethodSchema = { ...libraryMethod("GetBook"), bindings: [annotated] };
const createBook = libraryMethod("CreateBook");
const services = [{ ...getBook.service, methods: [getBook, createBook] }];

function collect(sources: BindingSources) {
  const { bindings, unbound, problems } = collectBindings({ services }, sources);
  return {
    bindings: bindings.map(
      ({ method, index, source, httpMethod, template }) =>
        `${method.name}[${index}] ${source}: ${httpMethod} ${template.text}`,
    ),
    unbound: unbound.map(({ name }) => name),
    problems: problems.map(({ code, severity, message }) => `${code} ${severity} ${message}`),
  };
}

const selector = "library.v1.Library.GetBook";

test("takes the annotations and lists the methods without", () => {
  assert.deepEqual(collect({}), {
    bindings: ["GetBook[0] annotation: GET /v1/{name=books/*}"],
    unbound: ["CreateBook"],
    problems: [],
  });
});

test("puts the rules of a service config before the annotations", () => {
  const rule = { selector, post: "/v2/get", body: "*", additional_bindings: [{ get: "/v2/get" }] };
  const rules = { type: "google.api.Service", name: "x", http: { rules: [rule] } };
  assert.deepEqual(collect({ rules }).bindings, [
    "GetBook[0] config: POST /v2/get",
    "GetBook[1] config: GET /v2/get",
    "GetBook[2] annotation: GET /v1/{name=books/*}",
  ]);
});

test("puts them in the place of the annotations on request", () => {
  const rules = [{ selector, get: "/v2/get" }];
  assert.deepEqual(collect({ rules, rulesMode: "override" }).bindings, [
    "GetBook[0] api: GET /v2/get",
  ]);
});

test("selects by trailing wildcards, and the last rule wins", () => {
  const rules = [
    { selector: "*", get: "/a" },
    { selector: "library.v1.*", get: "/b" },
    { selector: "library.v1.Library.CreateBook", get: "/c" },
    { selector: "library.v1.Lib.*", get: "/d" },
  ];
  const { bindings, problems } = collect({ rules, rulesMode: "override" });
  assert.deepEqual(bindings, ["GetBook[0] api: GET /b", "CreateBook[0] api: GET /c"]);
  assert.deepEqual(
    problems,
    [
      'GW_QUERY_UNBINDABLE warning rules[2]: library.v1.Library/CreateBook: GET "/c": no query parameter can carry others; name a body',
      'GW_SELECTOR_UNMATCHED warning rules[3]: selector "library.v1.Lib.*" names no method of the loaded services',
    ].toReversed(),
  );
});

test("generates POST routes for unbound methods only", () => {
  const { bindings, unbound } = collect({ generateUnboundMethods: true });
  assert.deepEqual(bindings, [
    "GetBook[0] annotation: GET /v1/{name=books/*}",
    "CreateBook[0] unbound: POST /library.v1.Library/CreateBook",
  ]);
  assert.deepEqual(unbound, []);
});

test("refuses bad configs with the place in them", () => {
  const problemsOf = (rules: unknown) => collect({ rules }).problems;
  assert.deepEqual(problemsOf("x"), [
    "GW_RULE_SYNTAX error rules: expected http.rules with a list of rules, or the list itself",
  ]);
  assert.deepEqual(problemsOf({ http: {} }).length, 1);
  assert.deepEqual(problemsOf({ http: { rules: [{ get: "/v1" }] } }), [
    "GW_SELECTOR_SYNTAX error http.rules[0]: the rule has no selector; name a method: pkg.Service.Method",
  ]);
  assert.deepEqual(problemsOf([{ selector: "a.B.C,a.B.D", get: "/v1" }]), [
    'GW_SELECTOR_SYNTAX error rules[0]: selector "a.B.C,a.B.D" names several methods; write a rule for each',
  ]);
  assert.deepEqual(problemsOf([{ selector: "a.B/C", get: "/v1" }]), [
    'GW_SELECTOR_SYNTAX error rules[0]: selector "a.B/C" has a slash; write pkg.Service.Method',
  ]);
  assert.deepEqual(problemsOf([{ selector: "a.*.C", get: "/v1" }]), [
    'GW_SELECTOR_SYNTAX error rules[0]: selector "a.*.C" must be pkg.Service.Method, or end in ".*"',
  ]);
  assert.deepEqual(problemsOf([{ selector: "library.v1.Library.GetBok", get: "/v1" }]), [
    'GW_SELECTOR_UNMATCHED error rules[0]: selector "library.v1.Library.GetBok" names no method of library.v1.Library (GetBook, CreateBook)',
  ]);
  assert.deepEqual(problemsOf({ rules: [{ selector, get: "/v1/{x}" }] }), [
    'GW_FIELD_UNKNOWN error rules[0]: library.v1.Library/GetBook: GET "/v1/{x}": path variable "x" is not a field of library.v1.GetBookRequest (fields: name, view, read_mask)',
  ]);
});
