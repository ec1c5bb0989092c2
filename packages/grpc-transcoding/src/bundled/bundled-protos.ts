// Written by scripts/embed-protos.mjs from proto/; edit there.
// Import name to text; long because it carries every bundled file.
// biome-ignore-all format: generated
export const bundledProtos: Readonly<Record<string, string>> = {
  "buf/validate/validate.proto": `// Rules of protovalidate. The CEL expressions behind the standard rules are left out: the names
// and numbers here are enough to read rules, not to run them.

syntax = "proto2";

package buf.validate;

import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";

message Rule {
  optional string id = 1;
  optional string message = 2;
  optional string expression = 3;
}

message MessageRules {
  reserved 1;
  reserved "disabled";
  repeated string cel_expression = 5;
  repeated Rule cel = 3;
  repeated MessageOneofRule oneof = 4;
}

message MessageOneofRule {
  repeated string fields = 1;
  optional bool required = 2;
}

message OneofRules {
  optional bool required = 1;
}

message FieldRules {
  reserved 24, 26;
  reserved "skipped", "ignore_empty";
  repeated string cel_expression = 29;
  repeated Rule cel = 23;
  optional bool required = 25;
  optional Ignore ignore = 27;
  oneof type {
    FloatRules float = 1;
    DoubleRules double = 2;
    Int32Rules int32 = 3;
    Int64Rules int64 = 4;
    UInt32Rules uint32 = 5;
    UInt64Rules uint64 = 6;
    SInt32Rules sint32 = 7;
    SInt64Rules sint64 = 8;
    Fixed32Rules fixed32 = 9;
    Fixed64Rules fixed64 = 10;
    SFixed32Rules sfixed32 = 11;
    SFixed64Rules sfixed64 = 12;
    BoolRules bool = 13;
    StringRules string = 14;
    BytesRules bytes = 15;
    EnumRules enum = 16;
    RepeatedRules repeated = 18;
    MapRules map = 19;
    AnyRules any = 20;
    DurationRules duration = 21;
    FieldMaskRules field_mask = 28;
    TimestampRules timestamp = 22;
  }
}

message PredefinedRules {
  reserved 24, 26;
  reserved "skipped", "ignore_empty";
  repeated Rule cel = 1;
}

message FloatRules {
  extensions 1000 to max;
  optional float const = 1;
  oneof less_than {
    float lt = 2;
    float lte = 3;
  }
  oneof greater_than {
    float gt = 4;
    float gte = 5;
  }
  repeated float in = 6;
  repeated float not_in = 7;
  optional bool finite = 8;
  repeated float example = 9;
}

message DoubleRules {
  extensions 1000 to max;
  optional double const = 1;
  oneof less_than {
    double lt = 2;
    double lte = 3;
  }
  oneof greater_than {
    double gt = 4;
    double gte = 5;
  }
  repeated double in = 6;
  repeated double not_in = 7;
  optional bool finite = 8;
  repeated double example = 9;
}

message Int32Rules {
  extensions 1000 to max;
  optional int32 const = 1;
  oneof less_than {
    int32 lt = 2;
    int32 lte = 3;
  }
  oneof greater_than {
    int32 gt = 4;
    int32 gte = 5;
  }
  repeated int32 in = 6;
  repeated int32 not_in = 7;
  repeated int32 example = 8;
}

message Int64Rules {
  extensions 1000 to max;
  optional int64 const = 1;
  oneof less_than {
    int64 lt = 2;
    int64 lte = 3;
  }
  oneof greater_than {
    int64 gt = 4;
    int64 gte = 5;
  }
  repeated int64 in = 6;
  repeated int64 not_in = 7;
  repeated int64 example = 9;
}

message UInt32Rules {
  extensions 1000 to max;
  optional uint32 const = 1;
  oneof less_than {
    uint32 lt = 2;
    uint32 lte = 3;
  }
  oneof greater_than {
    uint32 gt = 4;
    uint32 gte = 5;
  }
  repeated uint32 in = 6;
  repeated uint32 not_in = 7;
  repeated uint32 example = 8;
}

message UInt64Rules {
  extensions 1000 to max;
  optional uint64 const = 1;
  oneof less_than {
    uint64 lt = 2;
    uint64 lte = 3;
  }
  oneof greater_than {
    uint64 gt = 4;
    uint64 gte = 5;
  }
  repeated uint64 in = 6;
  repeated uint64 not_in = 7;
  repeated uint64 example = 8;
}

message SInt32Rules {
  extensions 1000 to max;
  optional sint32 const = 1;
  oneof less_than {
    sint32 lt = 2;
    sint32 lte = 3;
  }
  oneof greater_than {
    sint32 gt = 4;
    sint32 gte = 5;
  }
  repeated sint32 in = 6;
  repeated sint32 not_in = 7;
  repeated sint32 example = 8;
}

message SInt64Rules {
  extensions 1000 to max;
  optional sint64 const = 1;
  oneof less_than {
    sint64 lt = 2;
    sint64 lte = 3;
  }
  oneof greater_than {
    sint64 gt = 4;
    sint64 gte = 5;
  }
  repeated sint64 in = 6;
  repeated sint64 not_in = 7;
  repeated sint64 example = 8;
}

message Fixed32Rules {
  extensions 1000 to max;
  optional fixed32 const = 1;
  oneof less_than {
    fixed32 lt = 2;
    fixed32 lte = 3;
  }
  oneof greater_than {
    fixed32 gt = 4;
    fixed32 gte = 5;
  }
  repeated fixed32 in = 6;
  repeated fixed32 not_in = 7;
  repeated fixed32 example = 8;
}

message Fixed64Rules {
  extensions 1000 to max;
  optional fixed64 const = 1;
  oneof less_than {
    fixed64 lt = 2;
    fixed64 lte = 3;
  }
  oneof greater_than {
    fixed64 gt = 4;
    fixed64 gte = 5;
  }
  repeated fixed64 in = 6;
  repeated fixed64 not_in = 7;
  repeated fixed64 example = 8;
}

message SFixed32Rules {
  extensions 1000 to max;
  optional sfixed32 const = 1;
  oneof less_than {
    sfixed32 lt = 2;
    sfixed32 lte = 3;
  }
  oneof greater_than {
    sfixed32 gt = 4;
    sfixed32 gte = 5;
  }
  repeated sfixed32 in = 6;
  repeated sfixed32 not_in = 7;
  repeated sfixed32 example = 8;
}

message SFixed64Rules {
  extensions 1000 to max;
  optional sfixed64 const = 1;
  oneof less_than {
    sfixed64 lt = 2;
    sfixed64 lte = 3;
  }
  oneof greater_than {
    sfixed64 gt = 4;
    sfixed64 gte = 5;
  }
  repeated sfixed64 in = 6;
  repeated sfixed64 not_in = 7;
  repeated sfixed64 example = 8;
}

message BoolRules {
  extensions 1000 to max;
  optional bool const = 1;
  repeated bool example = 2;
}

message StringRules {
  extensions 1000 to max;
  optional string const = 1;
  optional uint64 len = 19;
  optional uint64 min_len = 2;
  optional uint64 max_len = 3;
  optional uint64 len_bytes = 20;
  optional uint64 min_bytes = 4;
  optional uint64 max_bytes = 5;
  optional string pattern = 6;
  optional string prefix = 7;
  optional string suffix = 8;
  optional string contains = 9;
  optional string not_contains = 23;
  repeated string in = 10;
  repeated string not_in = 11;
  oneof well_known {
    bool email = 12;
    bool hostname = 13;
    bool ip = 14;
    bool ipv4 = 15;
    bool ipv6 = 16;
    bool uri = 17;
    bool uri_ref = 18;
    bool address = 21;
    bool uuid = 22;
    bool tuuid = 33;
    bool ip_with_prefixlen = 26;
    bool ipv4_with_prefixlen = 27;
    bool ipv6_with_prefixlen = 28;
    bool ip_prefix = 29;
    bool ipv4_prefix = 30;
    bool ipv6_prefix = 31;
    bool host_and_port = 32;
    bool ulid = 35;
    bool protobuf_fqn = 37;
    bool protobuf_dot_fqn = 38;
    KnownRegex well_known_regex = 24;
  }
  optional bool strict = 25;
  repeated string example = 34;
}

message BytesRules {
  extensions 1000 to max;
  optional bytes const = 1;
  optional uint64 len = 13;
  optional uint64 min_len = 2;
  optional uint64 max_len = 3;
  optional string pattern = 4;
  optional bytes prefix = 5;
  optional bytes suffix = 6;
  optional bytes contains = 7;
  repeated bytes in = 8;
  repeated bytes not_in = 9;
  oneof well_known {
    bool ip = 10;
    bool ipv4 = 11;
    bool ipv6 = 12;
    bool uuid = 15;
  }
  repeated bytes example = 14;
}

message EnumRules {
  extensions 1000 to max;
  optional int32 const = 1;
  optional bool defined_only = 2;
  repeated int32 in = 3;
  repeated int32 not_in = 4;
  repeated int32 example = 5;
}

message RepeatedRules {
  extensions 1000 to max;
  optional uint64 min_items = 1;
  optional uint64 max_items = 2;
  optional bool unique = 3;
  optional FieldRules items = 4;
}

message MapRules {
  extensions 1000 to max;
  optional uint64 min_pairs = 1;
  optional uint64 max_pairs = 2;
  optional FieldRules keys = 4;
  optional FieldRules values = 5;
}

message AnyRules {
  repeated string in = 2;
  repeated string not_in = 3;
}

message DurationRules {
  extensions 1000 to max;
  optional google.protobuf.Duration const = 2;
  oneof less_than {
    google.protobuf.Duration lt = 3;
    google.protobuf.Duration lte = 4;
  }
  oneof greater_than {
    google.protobuf.Duration gt = 5;
    google.protobuf.Duration gte = 6;
  }
  repeated google.protobuf.Duration in = 7;
  repeated google.protobuf.Duration not_in = 8;
  repeated google.protobuf.Duration example = 9;
}

message FieldMaskRules {
  extensions 1000 to max;
  optional google.protobuf.FieldMask const = 1;
  repeated string in = 2;
  repeated string not_in = 3;
  repeated google.protobuf.FieldMask example = 4;
}

message TimestampRules {
  extensions 1000 to max;
  optional google.protobuf.Timestamp const = 2;
  oneof less_than {
    google.protobuf.Timestamp lt = 3;
    google.protobuf.Timestamp lte = 4;
    bool lt_now = 7;
  }
  oneof greater_than {
    google.protobuf.Timestamp gt = 5;
    google.protobuf.Timestamp gte = 6;
    bool gt_now = 8;
  }
  optional google.protobuf.Duration within = 9;
  repeated google.protobuf.Timestamp example = 10;
}

message Violations {
  repeated Violation violations = 1;
}

message Violation {
  reserved 1;
  reserved "field_path";
  optional FieldPath field = 5;
  optional FieldPath rule = 6;
  optional string rule_id = 2;
  optional string message = 3;
  optional bool for_key = 4;
}

message FieldPath {
  repeated FieldPathElement elements = 1;
}

message FieldPathElement {
  optional int32 field_number = 1;
  optional string field_name = 2;
  optional google.protobuf.FieldDescriptorProto.Type field_type = 3;
  optional google.protobuf.FieldDescriptorProto.Type key_type = 4;
  optional google.protobuf.FieldDescriptorProto.Type value_type = 5;
  oneof subscript {
    uint64 index = 6;
    bool bool_key = 7;
    int64 int_key = 8;
    uint64 uint_key = 9;
    string string_key = 10;
  }
}

enum Ignore {
  reserved 2;
  reserved "IGNORE_EMPTY", "IGNORE_DEFAULT", "IGNORE_IF_DEFAULT_VALUE", "IGNORE_IF_UNPOPULATED";
  IGNORE_UNSPECIFIED = 0;
  IGNORE_IF_ZERO_VALUE = 1;
  IGNORE_ALWAYS = 3;
}

enum KnownRegex {
  KNOWN_REGEX_UNSPECIFIED = 0;
  KNOWN_REGEX_HTTP_HEADER_NAME = 1;
  KNOWN_REGEX_HTTP_HEADER_VALUE = 2;
}

extend google.protobuf.MessageOptions {
  optional MessageRules message = 1159;
}
extend google.protobuf.OneofOptions {
  optional OneofRules oneof = 1159;
}
extend google.protobuf.FieldOptions {
  optional FieldRules field = 1159;
  optional PredefinedRules predefined = 1160;
}
`,
  "fastify/grpc/v1/annotations.proto": `// Options of the gateway: what google.api.http has no words for.
// One message a target, all with number 51234, of the range for use within an organisation.

syntax = "proto3";

package fastify.grpc.v1;

import "google/protobuf/descriptor.proto";
import "google/rpc/code.proto";

// option (fastify.grpc.v1.method) = {
//   errors { code: NOT_FOUND reason: "SHELF_NOT_FOUND" message: "No such shelf." details: "name" }
// };
message MethodRule {
  // The failures that callers should expect, beside those of the service.
  repeated ErrorDeclaration errors = 1;
}

message ServiceRule {
  // The failures that every method of the service may answer.
  repeated ErrorDeclaration errors = 1;
}

// Reserved for rules of a field.
message FieldRule {}

// One failure: documented as a response and as x-google-errors.
message ErrorDeclaration {
  google.rpc.Code code = 1;
  // google.rpc.ErrorInfo.reason: UPPER_SNAKE_CASE, at most 63 characters (AIP-193).
  string reason = 2;
  // google.rpc.ErrorInfo.domain. Empty: google.api.default_host of the service.
  string domain = 3;
  // For the documentation and its example.
  string message = 4;
  // Paths of the request fields that the failure is about.
  repeated string details = 5;
  // Full names of the messages that come as details: "google.rpc.BadRequest".
  repeated string detail_types = 6;
  // From 400 to 599. 0: the error table decides.
  int32 http_status = 7;
  // Whether the same request may succeed later.
  bool retryable = 8;
}

extend google.protobuf.MethodOptions {
  MethodRule method = 51234;
}

extend google.protobuf.ServiceOptions {
  ServiceRule service = 51234;
}

extend google.protobuf.FieldOptions {
  FieldRule field = 51234;
}
`,
  "google/api/annotations.proto": `// The option that maps a method to HTTP.

syntax = "proto3";

package google.api;

import "google/api/http.proto";
import "google/protobuf/descriptor.proto";

extend google.protobuf.MethodOptions {
  HttpRule http = 72295728;
}
`,
  "google/api/auth.proto": `// Service config: who may call, and which tokens are taken.

syntax = "proto3";

package google.api;

message Authentication {
  repeated AuthenticationRule rules = 3;
  repeated AuthProvider providers = 4;
}

message AuthenticationRule {
  string selector = 1;
  OAuthRequirements oauth = 2;
  bool allow_without_credential = 5;
  repeated AuthRequirement requirements = 7;
}

message JwtLocation {
  oneof in {
    string header = 1;
    string query = 2;
    string cookie = 4;
  }
  string value_prefix = 3;
}

message AuthProvider {
  string id = 1;
  string issuer = 2;
  string jwks_uri = 3;
  string audiences = 4;
  string authorization_url = 5;
  repeated JwtLocation jwt_locations = 6;
}

message OAuthRequirements {
  string canonical_scopes = 1;
}

message AuthRequirement {
  string provider_id = 1;
  string audiences = 2;
}
`,
  "google/api/backend.proto": `// Service config: where requests are sent.

syntax = "proto3";

package google.api;

message Backend {
  repeated BackendRule rules = 1;
}

message BackendRule {
  enum PathTranslation {
    PATH_TRANSLATION_UNSPECIFIED = 0;
    CONSTANT_ADDRESS = 1;
    APPEND_PATH_TO_ADDRESS = 2;
  }
  string selector = 1;
  string address = 2;
  double deadline = 3;
  double min_deadline = 4 [deprecated = true];
  double operation_deadline = 5;
  PathTranslation path_translation = 6;
  oneof authentication {
    string jwt_audience = 7;
    bool disable_auth = 8;
  }
  string protocol = 9;
  map<string, BackendRule> overrides_by_request_protocol = 10;
  string load_balancing_policy = 11;
}
`,
  "google/api/billing.proto": `// Service config: metrics that are billed.

syntax = "proto3";

package google.api;

message Billing {
  message BillingDestination {
    string monitored_resource = 1;
    repeated string metrics = 2;
  }
  repeated BillingDestination consumer_destinations = 8;
}
`,
  "google/api/client.proto": `// Options for client generators, and default_host, which names the API.

syntax = "proto3";

package google.api;

import "google/api/launch_stage.proto";
import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";

message CommonLanguageSettings {
  string reference_docs_uri = 1 [deprecated = true];
  repeated ClientLibraryDestination destinations = 2;
  SelectiveGapicGeneration selective_gapic_generation = 3;
}

message ClientLibrarySettings {
  string version = 1;
  LaunchStage launch_stage = 2;
  bool rest_numeric_enums = 3;
  JavaSettings java_settings = 21;
  CppSettings cpp_settings = 22;
  PhpSettings php_settings = 23;
  PythonSettings python_settings = 24;
  NodeSettings node_settings = 25;
  DotnetSettings dotnet_settings = 26;
  RubySettings ruby_settings = 27;
  GoSettings go_settings = 28;
}

message Publishing {
  repeated MethodSettings method_settings = 2;
  string new_issue_uri = 101;
  string documentation_uri = 102;
  string api_short_name = 103;
  string github_label = 104;
  repeated string codeowner_github_teams = 105;
  string doc_tag_prefix = 106;
  ClientLibraryOrganization organization = 107;
  repeated ClientLibrarySettings library_settings = 109;
  string proto_reference_documentation_uri = 110;
  string rest_reference_documentation_uri = 111;
}

message JavaSettings {
  string library_package = 1;
  map<string, string> service_class_names = 2;
  CommonLanguageSettings common = 3;
}

message CppSettings {
  CommonLanguageSettings common = 1;
}

message PhpSettings {
  CommonLanguageSettings common = 1;
  string library_package = 2;
}

message PythonSettings {
  message ExperimentalFeatures {
    bool rest_async_io_enabled = 1;
    bool protobuf_pythonic_types_enabled = 2;
    bool unversioned_package_disabled = 3;
  }
  CommonLanguageSettings common = 1;
  ExperimentalFeatures experimental_features = 2;
}

message NodeSettings {
  CommonLanguageSettings common = 1;
}

message DotnetSettings {
  CommonLanguageSettings common = 1;
  map<string, string> renamed_services = 2;
  map<string, string> renamed_resources = 3;
  repeated string ignored_resources = 4;
  repeated string forced_namespace_aliases = 5;
  repeated string handwritten_signatures = 6;
}

message RubySettings {
  CommonLanguageSettings common = 1;
}

message GoSettings {
  CommonLanguageSettings common = 1;
  map<string, string> renamed_services = 2;
}

message MethodSettings {
  message LongRunning {
    google.protobuf.Duration initial_poll_delay = 1;
    float poll_delay_multiplier = 2;
    google.protobuf.Duration max_poll_delay = 3;
    google.protobuf.Duration total_poll_timeout = 4;
  }
  string selector = 1;
  LongRunning long_running = 2;
  repeated string auto_populated_fields = 3;
  BatchingConfigProto batching = 4;
}

message SelectiveGapicGeneration {
  repeated string methods = 1;
  bool generate_omitted_as_internal = 2;
}

message BatchingConfigProto {
  BatchingSettingsProto thresholds = 1;
  BatchingDescriptorProto batch_descriptor = 2;
}

message BatchingSettingsProto {
  int32 element_count_threshold = 1;
  int64 request_byte_threshold = 2;
  google.protobuf.Duration delay_threshold = 3;
  int32 element_count_limit = 4;
  int32 request_byte_limit = 5;
  int32 flow_control_element_limit = 6;
  int32 flow_control_byte_limit = 7;
  FlowControlLimitExceededBehaviorProto flow_control_limit_exceeded_behavior = 8;
}

message BatchingDescriptorProto {
  string batched_field = 1;
  repeated string discriminator_fields = 2;
  string subresponse_field = 3;
}

enum ClientLibraryOrganization {
  CLIENT_LIBRARY_ORGANIZATION_UNSPECIFIED = 0;
  CLOUD = 1;
  ADS = 2;
  PHOTOS = 3;
  STREET_VIEW = 4;
  SHOPPING = 5;
  GEO = 6;
  GENERATIVE_AI = 7;
}

enum ClientLibraryDestination {
  CLIENT_LIBRARY_DESTINATION_UNSPECIFIED = 0;
  GITHUB = 10;
  PACKAGE_MANAGER = 20;
}

enum FlowControlLimitExceededBehaviorProto {
  UNSET_BEHAVIOR = 0;
  THROW_EXCEPTION = 1;
  BLOCK = 2;
  IGNORE = 3;
}

extend google.protobuf.MethodOptions {
  repeated string method_signature = 1051;
}
extend google.protobuf.ServiceOptions {
  string default_host = 1049;
  string oauth_scopes = 1050;
  string api_version = 525000001;
}
`,
  "google/api/config_change.proto": `// One difference between two service configs.

syntax = "proto3";

package google.api;

message ConfigChange {
  string element = 1;
  string old_value = 2;
  string new_value = 3;
  ChangeType change_type = 4;
  repeated Advice advices = 5;
}

message Advice {
  string description = 2;
}

enum ChangeType {
  CHANGE_TYPE_UNSPECIFIED = 0;
  ADDED = 1;
  REMOVED = 2;
  MODIFIED = 3;
}
`,
  "google/api/consumer.proto": `// Service config: settings of a consumer project.

syntax = "proto3";

package google.api;

message ProjectProperties {
  repeated Property properties = 1;
}

message Property {
  enum PropertyType {
    UNSPECIFIED = 0;
    INT64 = 1;
    BOOL = 2;
    STRING = 3;
    DOUBLE = 4;
  }
  string name = 1;
  PropertyType type = 2;
  string description = 3;
}
`,
  "google/api/context.proto": `// Service config: context messages passed along with a request.

syntax = "proto3";

package google.api;

message Context {
  repeated ContextRule rules = 1;
}

message ContextRule {
  string selector = 1;
  repeated string requested = 2;
  repeated string provided = 3;
  repeated string allowed_request_extensions = 4;
  repeated string allowed_response_extensions = 5;
}
`,
  "google/api/control.proto": `// Service config: the control plane.

syntax = "proto3";

package google.api;

import "google/api/policy.proto";

message Control {
  string environment = 1;
  repeated MethodPolicy method_policies = 4;
}
`,
  "google/api/distribution.proto": `// A histogram as a metric value.

syntax = "proto3";

package google.api;

import "google/protobuf/any.proto";
import "google/protobuf/timestamp.proto";

message Distribution {
  message Range {
    double min = 1;
    double max = 2;
  }
  message BucketOptions {
    message Linear {
      int32 num_finite_buckets = 1;
      double width = 2;
      double offset = 3;
    }
    message Exponential {
      int32 num_finite_buckets = 1;
      double growth_factor = 2;
      double scale = 3;
    }
    message Explicit {
      repeated double bounds = 1;
    }
    oneof options {
      Linear linear_buckets = 1;
      Exponential exponential_buckets = 2;
      Explicit explicit_buckets = 3;
    }
  }
  message Exemplar {
    double value = 1;
    google.protobuf.Timestamp timestamp = 2;
    repeated google.protobuf.Any attachments = 3;
  }
  int64 count = 1;
  double mean = 2;
  double sum_of_squared_deviation = 3;
  Range range = 4;
  BucketOptions bucket_options = 6;
  repeated int64 bucket_counts = 7;
  repeated Exemplar exemplars = 10;
}
`,
  "google/api/documentation.proto": `// Service config: the text of the documentation.

syntax = "proto3";

package google.api;

message Documentation {
  string summary = 1;
  repeated Page pages = 5;
  repeated DocumentationRule rules = 3;
  string documentation_root_url = 4;
  string service_root_url = 6;
  string overview = 2;
}

message DocumentationRule {
  string selector = 1;
  string description = 2;
  string deprecation_description = 3;
}

message Page {
  string name = 1;
  string content = 2;
  repeated Page subpages = 3;
}
`,
  "google/api/endpoint.proto": `// Service config: DNS names that serve the API.

syntax = "proto3";

package google.api;

message Endpoint {
  string name = 1;
  repeated string aliases = 2;
  string target = 101;
  bool allow_cors = 5;
}
`,
  "google/api/error_reason.proto": `// Reasons of ErrorInfo in the domain googleapis.com.

syntax = "proto3";

package google.api;

enum ErrorReason {
  ERROR_REASON_UNSPECIFIED = 0;
  SERVICE_DISABLED = 1;
  BILLING_DISABLED = 2;
  API_KEY_INVALID = 3;
  API_KEY_SERVICE_BLOCKED = 4;
  API_KEY_HTTP_REFERRER_BLOCKED = 7;
  API_KEY_IP_ADDRESS_BLOCKED = 8;
  API_KEY_ANDROID_APP_BLOCKED = 9;
  API_KEY_IOS_APP_BLOCKED = 13;
  RATE_LIMIT_EXCEEDED = 5;
  RESOURCE_QUOTA_EXCEEDED = 6;
  LOCATION_TAX_POLICY_VIOLATED = 10;
  USER_PROJECT_DENIED = 11;
  CONSUMER_SUSPENDED = 12;
  CONSUMER_INVALID = 14;
  SECURITY_POLICY_VIOLATED = 15;
  ACCESS_TOKEN_EXPIRED = 16;
  ACCESS_TOKEN_SCOPE_INSUFFICIENT = 17;
  ACCOUNT_STATE_INVALID = 18;
  ACCESS_TOKEN_TYPE_UNSUPPORTED = 19;
  CREDENTIALS_MISSING = 20;
  RESOURCE_PROJECT_INVALID = 21;
  SESSION_COOKIE_INVALID = 23;
  USER_BLOCKED_BY_ADMIN = 24;
  RESOURCE_USAGE_RESTRICTION_VIOLATED = 25;
  SYSTEM_PARAMETER_UNSUPPORTED = 26;
  ORG_RESTRICTION_VIOLATION = 27;
  ORG_RESTRICTION_HEADER_INVALID = 28;
  SERVICE_NOT_VISIBLE = 29;
  GCP_SUSPENDED = 30;
  LOCATION_POLICY_VIOLATED = 31;
  MISSING_ORIGIN = 33;
  OVERLOADED_CREDENTIALS = 34;
  LOCATION_ORG_POLICY_VIOLATED = 35;
  TLS_ORG_POLICY_VIOLATED = 36;
  EMULATOR_QUOTA_EXCEEDED = 38;
  CREDENTIAL_ANDROID_APP_INVALID = 39;
  IAM_PERMISSION_DENIED = 41;
  JWT_TOKEN_INVALID = 42;
  CREDENTIAL_TYPE_UNSUPPORTED = 43;
  ACCOUNT_TYPE_UNSUPPORTED = 44;
  ENDPOINT_USAGE_RESTRICTION_VIOLATED = 45;
  TLS_CIPHER_RESTRICTION_VIOLATED = 46;
  MCP_SERVER_DISABLED = 47;
}
`,
  "google/api/field_behavior.proto": `// What a field is for: required, output only, immutable (AIP-203).

syntax = "proto3";

package google.api;

import "google/protobuf/descriptor.proto";

enum FieldBehavior {
  FIELD_BEHAVIOR_UNSPECIFIED = 0;
  OPTIONAL = 1;
  REQUIRED = 2;
  // Ignored in requests.
  OUTPUT_ONLY = 3;
  // Never in responses.
  INPUT_ONLY = 4;
  IMMUTABLE = 5;
  UNORDERED_LIST = 6;
  // The server fills it when it is empty.
  NON_EMPTY_DEFAULT = 7;
  // The resource name; clients set it at most on create.
  IDENTIFIER = 8;
}

extend google.protobuf.FieldOptions {
  repeated FieldBehavior field_behavior = 1052 [packed = false];
}
`,
  "google/api/field_info.proto": `// The format of a string field (AIP-202).

syntax = "proto3";

package google.api;

import "google/protobuf/descriptor.proto";

message FieldInfo {
  enum Format {
    FORMAT_UNSPECIFIED = 0;
    UUID4 = 1;
    IPV4 = 2;
    IPV6 = 3;
    IPV4_OR_IPV6 = 4;
  }
  Format format = 1;
  repeated TypeReference referenced_types = 2;
}

message TypeReference {
  string type_name = 1;
}

extend google.protobuf.FieldOptions {
  FieldInfo field_info = 291403980;
}
`,
  "google/api/http.proto": `// How a gRPC method looks over HTTP and JSON (AIP-127).

syntax = "proto3";

package google.api;

// Rules of a service config, each with a selector.
message Http {
  repeated HttpRule rules = 1;
  // Decode %2F in variables of several segments as well.
  bool fully_decode_reserved_expansion = 2;
}

// One HTTP route of a method. Path variables, body and query fill the request, each field once.
message HttpRule {
  // The method, in a service config.
  string selector = 1;
  // The HTTP method and the path template.
  oneof pattern {
    string get = 2;
    string put = 3;
    string post = 4;
    string delete = 5;
    string patch = 6;
    CustomHttpPattern custom = 8;
  }
  // "*" for the whole request, or one field; without it, the rest of the fields are query parameters.
  string body = 7;
  // The response field that is the HTTP body; without it, the whole response.
  string response_body = 12;
  // More routes of the same method; these have none of their own.
  repeated HttpRule additional_bindings = 11;
}

message CustomHttpPattern {
  // The HTTP method, or "*" for any.
  string kind = 1;
  string path = 2;
}
`,
  "google/api/httpbody.proto": `// A body that is not JSON, as it comes or goes, with its media type.

syntax = "proto3";

package google.api;

import "google/protobuf/any.proto";

message HttpBody {
  string content_type = 1;
  bytes data = 2;
  // Metadata of the service's own.
  repeated google.protobuf.Any extensions = 3;
}
`,
  "google/api/label.proto": `// A label of a metric or monitored resource.

syntax = "proto3";

package google.api;

message LabelDescriptor {
  enum ValueType {
    STRING = 0;
    BOOL = 1;
    INT64 = 2;
  }
  string key = 1;
  ValueType value_type = 2;
  string description = 3;
}
`,
  "google/api/launch_stage.proto": `// How mature a thing is.

syntax = "proto3";

package google.api;

enum LaunchStage {
  LAUNCH_STAGE_UNSPECIFIED = 0;
  UNIMPLEMENTED = 6;
  PRELAUNCH = 7;
  EARLY_ACCESS = 1;
  ALPHA = 2;
  BETA = 3;
  GA = 4;
  DEPRECATED = 5;
}
`,
  "google/api/log.proto": `// Describes a log.

syntax = "proto3";

package google.api;

import "google/api/label.proto";

message LogDescriptor {
  string name = 1;
  repeated LabelDescriptor labels = 2;
  string description = 3;
  string display_name = 4;
}
`,
  "google/api/logging.proto": `// Service config: where logs go.

syntax = "proto3";

package google.api;

message Logging {
  message LoggingDestination {
    string monitored_resource = 3;
    repeated string logs = 1;
  }
  repeated LoggingDestination producer_destinations = 1;
  repeated LoggingDestination consumer_destinations = 2;
}
`,
  "google/api/metric.proto": `// Describes a metric.

syntax = "proto3";

package google.api;

import "google/api/label.proto";
import "google/api/launch_stage.proto";
import "google/protobuf/duration.proto";

message MetricDescriptor {
  message MetricDescriptorMetadata {
    enum TimeSeriesResourceHierarchyLevel {
      TIME_SERIES_RESOURCE_HIERARCHY_LEVEL_UNSPECIFIED = 0;
      PROJECT = 1;
      ORGANIZATION = 2;
      FOLDER = 3;
    }
    LaunchStage launch_stage = 1 [deprecated = true];
    google.protobuf.Duration sample_period = 2;
    google.protobuf.Duration ingest_delay = 3;
    repeated TimeSeriesResourceHierarchyLevel time_series_resource_hierarchy_level = 4;
  }
  enum MetricKind {
    METRIC_KIND_UNSPECIFIED = 0;
    GAUGE = 1;
    DELTA = 2;
    CUMULATIVE = 3;
  }
  enum ValueType {
    VALUE_TYPE_UNSPECIFIED = 0;
    BOOL = 1;
    INT64 = 2;
    DOUBLE = 3;
    STRING = 4;
    DISTRIBUTION = 5;
    MONEY = 6;
  }
  string name = 1;
  string type = 8;
  repeated LabelDescriptor labels = 2;
  MetricKind metric_kind = 3;
  ValueType value_type = 4;
  string unit = 5;
  string description = 6;
  string display_name = 7;
  MetricDescriptorMetadata metadata = 10;
  LaunchStage launch_stage = 12;
  repeated string monitored_resource_types = 13;
}

message Metric {
  string type = 3;
  map<string, string> labels = 2;
}
`,
  "google/api/monitored_resource.proto": `// Describes a resource that is monitored.

syntax = "proto3";

package google.api;

import "google/api/label.proto";
import "google/api/launch_stage.proto";
import "google/protobuf/struct.proto";

message MonitoredResourceDescriptor {
  string name = 5;
  string type = 1;
  string display_name = 2;
  string description = 3;
  repeated LabelDescriptor labels = 4;
  LaunchStage launch_stage = 7;
}

message MonitoredResource {
  string type = 1;
  map<string, string> labels = 2;
}

message MonitoredResourceMetadata {
  google.protobuf.Struct system_labels = 1;
  map<string, string> user_labels = 2;
}
`,
  "google/api/monitoring.proto": `// Service config: where metrics go.

syntax = "proto3";

package google.api;

message Monitoring {
  message MonitoringDestination {
    string monitored_resource = 1;
    repeated string metrics = 2;
  }
  repeated MonitoringDestination producer_destinations = 1;
  repeated MonitoringDestination consumer_destinations = 2;
}
`,
  "google/api/policy.proto": `// Options that state the policy of a field or method.

syntax = "proto3";

package google.api;

import "google/protobuf/descriptor.proto";

message FieldPolicy {
  string selector = 1;
  string resource_permission = 2;
  string resource_type = 3;
}

message MethodPolicy {
  string selector = 9;
  repeated FieldPolicy request_policies = 2;
}

extend google.protobuf.FieldOptions {
  FieldPolicy field_policy = 158361448;
}
extend google.protobuf.MethodOptions {
  MethodPolicy method_policy = 161893301;
}
`,
  "google/api/quota.proto": `// Service config: limits per consumer.

syntax = "proto3";

package google.api;

message Quota {
  repeated QuotaLimit limits = 3;
  repeated MetricRule metric_rules = 4;
}

message MetricRule {
  string selector = 1;
  map<string, int64> metric_costs = 2;
}

message QuotaLimit {
  string name = 6;
  string description = 2;
  int64 default_limit = 3;
  int64 max_limit = 4;
  int64 free_tier = 7;
  string duration = 5;
  string metric = 8;
  string unit = 9;
  map<string, int64> values = 10;
  string display_name = 12;
}
`,
  "google/api/resource.proto": `// Resource types, their name patterns, and fields that refer to them (AIP-122, AIP-123).

syntax = "proto3";

package google.api;

import "google/protobuf/descriptor.proto";

message ResourceDescriptor {
  enum History {
    HISTORY_UNSPECIFIED = 0;
    ORIGINALLY_SINGLE_PATTERN = 1;
    FUTURE_MULTI_PATTERN = 2;
  }
  enum Style {
    STYLE_UNSPECIFIED = 0;
    DECLARATIVE_FRIENDLY = 1;
  }
  // "library.googleapis.com/Book"
  string type = 1;
  // "shelves/{shelf}/books/{book}"
  repeated string pattern = 2;
  string name_field = 3;
  History history = 4;
  string plural = 5;
  string singular = 6;
  repeated Style style = 10;
}

message ResourceReference {
  string type = 1;
  string child_type = 2;
}

extend google.protobuf.FieldOptions {
  ResourceReference resource_reference = 1055;
}
extend google.protobuf.FileOptions {
  repeated ResourceDescriptor resource_definition = 1053;
}
extend google.protobuf.MessageOptions {
  ResourceDescriptor resource = 1053;
}
`,
  "google/api/routing.proto": `// Which request fields go into the routing header.

syntax = "proto3";

package google.api;

import "google/protobuf/descriptor.proto";

message RoutingRule {
  repeated RoutingParameter routing_parameters = 2;
}

message RoutingParameter {
  string field = 1;
  string path_template = 2;
}

extend google.protobuf.MethodOptions {
  RoutingRule routing = 72295729;
}
`,
  "google/api/service.proto": `// Service config: its root.

syntax = "proto3";

package google.api;

import "google/api/auth.proto";
import "google/api/backend.proto";
import "google/api/billing.proto";
import "google/api/client.proto";
import "google/api/context.proto";
import "google/api/control.proto";
import "google/api/documentation.proto";
import "google/api/endpoint.proto";
import "google/api/http.proto";
import "google/api/log.proto";
import "google/api/logging.proto";
import "google/api/metric.proto";
import "google/api/monitored_resource.proto";
import "google/api/monitoring.proto";
import "google/api/quota.proto";
import "google/api/source_info.proto";
import "google/api/system_parameter.proto";
import "google/api/usage.proto";
import "google/protobuf/api.proto";
import "google/protobuf/type.proto";
import "google/protobuf/wrappers.proto";

message Service {
  string name = 1;
  string title = 2;
  string producer_project_id = 22;
  string id = 33;
  repeated google.protobuf.Api apis = 3;
  repeated google.protobuf.Type types = 4;
  repeated google.protobuf.Enum enums = 5;
  Documentation documentation = 6;
  Backend backend = 8;
  Http http = 9;
  Quota quota = 10;
  Authentication authentication = 11;
  Context context = 12;
  Usage usage = 15;
  repeated Endpoint endpoints = 18;
  Control control = 21;
  repeated LogDescriptor logs = 23;
  repeated MetricDescriptor metrics = 24;
  repeated MonitoredResourceDescriptor monitored_resources = 25;
  Billing billing = 26;
  Logging logging = 27;
  Monitoring monitoring = 28;
  SystemParameters system_parameters = 29;
  SourceInfo source_info = 37;
  Publishing publishing = 45;
  google.protobuf.UInt32Value config_version = 20;
}
`,
  "google/api/source_info.proto": `// Service config: the files it was made from.

syntax = "proto3";

package google.api;

import "google/protobuf/any.proto";

message SourceInfo {
  repeated google.protobuf.Any source_files = 1;
}
`,
  "google/api/system_parameter.proto": `// Service config: parameters that stand beside the request message, such as an API key.

syntax = "proto3";

package google.api;

message SystemParameters {
  repeated SystemParameterRule rules = 1;
}

message SystemParameterRule {
  string selector = 1;
  repeated SystemParameter parameters = 2;
}

message SystemParameter {
  string name = 1;
  string http_header = 2;
  string url_query_parameter = 3;
}
`,
  "google/api/usage.proto": `// Service config: conditions of use.

syntax = "proto3";

package google.api;

message Usage {
  repeated string requirements = 1;
  repeated UsageRule rules = 6;
  string producer_notification_channel = 7;
}

message UsageRule {
  string selector = 1;
  bool allow_unregistered_calls = 2;
  bool skip_service_control = 3;
}
`,
  "google/api/visibility.proto": `// Options that hide elements from audiences without the label.

syntax = "proto3";

package google.api;

import "google/protobuf/descriptor.proto";

message Visibility {
  repeated VisibilityRule rules = 1;
}

message VisibilityRule {
  string selector = 1;
  string restriction = 2;
}

extend google.protobuf.EnumOptions {
  VisibilityRule enum_visibility = 72295727;
}
extend google.protobuf.EnumValueOptions {
  VisibilityRule value_visibility = 72295727;
}
extend google.protobuf.FieldOptions {
  VisibilityRule field_visibility = 72295727;
}
extend google.protobuf.MessageOptions {
  VisibilityRule message_visibility = 72295727;
}
extend google.protobuf.MethodOptions {
  VisibilityRule method_visibility = 72295727;
}
extend google.protobuf.ServiceOptions {
  VisibilityRule api_visibility = 72295727;
}
`,
  "google/longrunning/operations.proto": `// Operations that outlive their request (AIP-151).

syntax = "proto3";

package google.longrunning;

import "google/api/annotations.proto";
import "google/api/client.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/any.proto";
import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/rpc/status.proto";

service Operations {
  option (google.api.default_host) = "longrunning.googleapis.com";
  rpc ListOperations(ListOperationsRequest) returns (ListOperationsResponse) {
    option (google.api.http) = { get: "/v1/{name=operations}" };
    option (google.api.method_signature) = "name,filter";
  }
  rpc GetOperation(GetOperationRequest) returns (Operation) {
    option (google.api.http) = { get: "/v1/{name=operations/**}" };
    option (google.api.method_signature) = "name";
  }
  rpc DeleteOperation(DeleteOperationRequest) returns (google.protobuf.Empty) {
    option (google.api.http) = { delete: "/v1/{name=operations/**}" };
    option (google.api.method_signature) = "name";
  }
  rpc CancelOperation(CancelOperationRequest) returns (google.protobuf.Empty) {
    option (google.api.http) = { post: "/v1/{name=operations/**}:cancel" body: "*" };
    option (google.api.method_signature) = "name";
  }
  rpc WaitOperation(WaitOperationRequest) returns (Operation);
}

message Operation {
  string name = 1;
  google.protobuf.Any metadata = 2;
  bool done = 3;
  oneof result {
    google.rpc.Status error = 4;
    google.protobuf.Any response = 5;
  }
}

message GetOperationRequest {
  string name = 1;
}

message ListOperationsRequest {
  string name = 4;
  string filter = 1;
  int32 page_size = 2;
  string page_token = 3;
  bool return_partial_success = 5;
}

message ListOperationsResponse {
  repeated Operation operations = 1;
  string next_page_token = 2;
  repeated string unreachable = 3 [(google.api.field_behavior) = UNORDERED_LIST];
}

message CancelOperationRequest {
  string name = 1;
}

message DeleteOperationRequest {
  string name = 1;
}

message WaitOperationRequest {
  string name = 1;
  google.protobuf.Duration timeout = 2;
}

// The types that an operation started by this method resolves to.
message OperationInfo {
  string response_type = 1;
  string metadata_type = 2;
}

extend google.protobuf.MethodOptions {
  OperationInfo operation_info = 1049;
}
`,
  "google/protobuf/any.proto": `// A message of any type with the URL that names the type.

syntax = "proto3";

package google.protobuf;

message Any {
  // The part after the last slash is the full name of the type.
  string type_url = 1;
  bytes value = 2;
}
`,
  "google/protobuf/api.proto": `// Describes a service at run time.

syntax = "proto3";

package google.protobuf;

import "google/protobuf/source_context.proto";
import "google/protobuf/type.proto";

message Api {
  string name = 1;
  repeated Method methods = 2;
  repeated Option options = 3;
  string version = 4;
  SourceContext source_context = 5;
  repeated Mixin mixins = 6;
  Syntax syntax = 7;
  string edition = 8;
}

message Method {
  string name = 1;
  string request_type_url = 2;
  bool request_streaming = 3;
  string response_type_url = 4;
  bool response_streaming = 5;
  repeated Option options = 6;
  Syntax syntax = 7 [deprecated = true];
  string edition = 8 [deprecated = true];
}

message Mixin {
  string name = 1;
  string root = 2;
}
`,
  "google/protobuf/compiler/plugin.proto": `// What protoc and its plugins say to each other over stdin and stdout.

syntax = "proto2";

package google.protobuf.compiler;

import "google/protobuf/descriptor.proto";

message Version {
  optional int32 major = 1;
  optional int32 minor = 2;
  optional int32 patch = 3;
  optional string suffix = 4;
}

message CodeGeneratorRequest {
  repeated string file_to_generate = 1;
  optional string parameter = 2;
  repeated FileDescriptorProto proto_file = 15;
  repeated FileDescriptorProto source_file_descriptors = 17;
  optional Version compiler_version = 3;
}

message CodeGeneratorResponse {
  message File {
    optional string name = 1;
    optional string insertion_point = 2;
    optional string content = 15;
    optional GeneratedCodeInfo generated_code_info = 16;
  }
  enum Feature {
    FEATURE_NONE = 0;
    FEATURE_PROTO3_OPTIONAL = 1;
    FEATURE_SUPPORTS_EDITIONS = 2;
  }
  optional string error = 1;
  optional uint64 supported_features = 2;
  optional int32 minimum_edition = 3;
  optional int32 maximum_edition = 4;
  repeated File file = 15;
}
`,
  "google/protobuf/cpp_features.proto": `// Edition features that only generated C++ reads; other languages skip them.

syntax = "proto2";

package pb;

import "google/protobuf/descriptor.proto";

message CppFeatures {
  enum StringType {
    STRING_TYPE_UNKNOWN = 0;
    VIEW = 1;
    CORD = 2;
    STRING = 3;
  }
  enum RepeatedType {
    REPEATED_TYPE_UNKNOWN = 0;
    LEGACY = 1;
    PROXY = 2;
  }
  optional bool legacy_closed_enum = 1 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "true" },
      edition_defaults = { edition: EDITION_PROTO3 value: "false" },
      feature_support = { edition_introduced: EDITION_2023 edition_deprecated: EDITION_2023 }
    ];
  optional StringType string_type = 2 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "STRING" },
      edition_defaults = { edition: EDITION_2024 value: "VIEW" },
      feature_support = { edition_introduced: EDITION_2023 }
    ];
  optional bool enum_name_uses_string_view = 3 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "false" },
      edition_defaults = { edition: EDITION_2024 value: "true" },
      feature_support = { edition_introduced: EDITION_2024 }
    ];
  optional RepeatedType repeated_type = 4 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "LEGACY" },
      feature_support = { edition_introduced: EDITION_UNSTABLE }
    ];
}

extend google.protobuf.FeatureSet {
  optional CppFeatures cpp = 1000;
}
`,
  "google/protobuf/descriptor.proto": `// Describes .proto files: what every compiler emits, and what options extend.
// Covers proto2, proto3 and editions 2023, 2024 and 2026.

syntax = "proto2";

package google.protobuf;

message FileDescriptorSet {
  extensions 536000000;
  repeated FileDescriptorProto file = 1;
}

message FileDescriptorProto {
  optional string name = 1;
  optional string package = 2;
  repeated string dependency = 3;
  // Indexes into dependency.
  repeated int32 public_dependency = 10;
  repeated int32 weak_dependency = 11;
  repeated string option_dependency = 15;
  repeated DescriptorProto message_type = 4;
  repeated EnumDescriptorProto enum_type = 5;
  repeated ServiceDescriptorProto service = 6;
  repeated FieldDescriptorProto extension = 7;
  optional FileOptions options = 8;
  optional SourceCodeInfo source_code_info = 9;
  // "proto2" (or absent), "proto3", or "editions".
  optional string syntax = 12;
  optional Edition edition = 14;
}

message DescriptorProto {
  message ExtensionRange {
    optional int32 start = 1;
    // Exclusive.
    optional int32 end = 2;
    optional ExtensionRangeOptions options = 3;
  }
  message ReservedRange {
    optional int32 start = 1;
    // Exclusive.
    optional int32 end = 2;
  }
  optional string name = 1;
  repeated FieldDescriptorProto field = 2;
  repeated FieldDescriptorProto extension = 6;
  repeated DescriptorProto nested_type = 3;
  repeated EnumDescriptorProto enum_type = 4;
  repeated ExtensionRange extension_range = 5;
  repeated OneofDescriptorProto oneof_decl = 8;
  optional MessageOptions options = 7;
  repeated ReservedRange reserved_range = 9;
  repeated string reserved_name = 10;
  optional SymbolVisibility visibility = 11;
}

message ExtensionRangeOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  message Declaration {
    optional int32 number = 1;
    optional string full_name = 2;
    optional string type = 3;
    optional bool reserved = 5;
    optional bool repeated = 6;
  }
  enum VerificationState {
    DECLARATION = 0;
    UNVERIFIED = 1;
  }
  repeated UninterpretedOption uninterpreted_option = 999;
  repeated Declaration declaration = 2 [retention = RETENTION_SOURCE];
  optional FeatureSet features = 50;
  optional VerificationState verification = 3 [default = UNVERIFIED, retention = RETENTION_SOURCE];
}

message FieldDescriptorProto {
  enum Type {
    TYPE_DOUBLE = 1;
    TYPE_FLOAT = 2;
    TYPE_INT64 = 3;
    TYPE_UINT64 = 4;
    TYPE_INT32 = 5;
    TYPE_FIXED64 = 6;
    TYPE_FIXED32 = 7;
    TYPE_BOOL = 8;
    TYPE_STRING = 9;
    TYPE_GROUP = 10;
    TYPE_MESSAGE = 11;
    TYPE_BYTES = 12;
    TYPE_UINT32 = 13;
    TYPE_ENUM = 14;
    TYPE_SFIXED32 = 15;
    TYPE_SFIXED64 = 16;
    TYPE_SINT32 = 17;
    TYPE_SINT64 = 18;
  }
  enum Label {
    LABEL_OPTIONAL = 1;
    LABEL_REPEATED = 3;
    LABEL_REQUIRED = 2;
  }
  optional string name = 1;
  optional int32 number = 3;
  optional Label label = 4;
  optional Type type = 5;
  // With a leading dot once it is resolved.
  optional string type_name = 6;
  optional string extendee = 2;
  optional string default_value = 7;
  optional int32 oneof_index = 9;
  optional string json_name = 10;
  optional FieldOptions options = 8;
  // The field stands in a oneof of its own that is not in the source.
  optional bool proto3_optional = 17;
}

message OneofDescriptorProto {
  optional string name = 1;
  optional OneofOptions options = 2;
}

message EnumDescriptorProto {
  message EnumReservedRange {
    optional int32 start = 1;
    // Inclusive.
    optional int32 end = 2;
  }
  optional string name = 1;
  repeated EnumValueDescriptorProto value = 2;
  optional EnumOptions options = 3;
  repeated EnumReservedRange reserved_range = 4;
  repeated string reserved_name = 5;
  optional SymbolVisibility visibility = 6;
}

message EnumValueDescriptorProto {
  optional string name = 1;
  optional int32 number = 2;
  optional EnumValueOptions options = 3;
}

message ServiceDescriptorProto {
  optional string name = 1;
  repeated MethodDescriptorProto method = 2;
  optional ServiceOptions options = 3;
}

message MethodDescriptorProto {
  optional string name = 1;
  optional string input_type = 2;
  optional string output_type = 3;
  optional MethodOptions options = 4;
  optional bool client_streaming = 5 [default = false];
  optional bool server_streaming = 6 [default = false];
}

message FileOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  enum OptimizeMode {
    SPEED = 1;
    CODE_SIZE = 2;
    LITE_RUNTIME = 3;
  }
  optional string java_package = 1;
  optional string java_outer_classname = 8;
  optional bool java_multiple_files = 10 [default = false];
  optional bool java_generate_equals_and_hash = 20 [deprecated = true];
  optional bool java_string_check_utf8 = 27 [default = false];
  optional OptimizeMode optimize_for = 9 [default = SPEED];
  optional string go_package = 11;
  optional bool cc_generic_services = 16 [default = false];
  optional bool java_generic_services = 17 [default = false];
  optional bool py_generic_services = 18 [default = false];
  optional bool deprecated = 23 [default = false];
  optional bool cc_enable_arenas = 31 [default = true];
  optional string objc_class_prefix = 36;
  optional string csharp_namespace = 37;
  optional string swift_prefix = 39;
  optional string php_class_prefix = 40;
  optional string php_namespace = 41;
  optional string php_metadata_namespace = 44;
  optional string ruby_package = 45;
  optional FeatureSet features = 50;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message MessageOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  optional bool message_set_wire_format = 1 [default = false];
  optional bool no_standard_descriptor_accessor = 2 [default = false];
  optional bool deprecated = 3 [default = false];
  optional bool map_entry = 7;
  optional bool deprecated_legacy_json_field_conflicts = 11 [deprecated = true];
  optional FeatureSet features = 12;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message FieldOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  message EditionDefault {
    optional Edition edition = 3;
    optional string value = 2;
  }
  message FeatureSupport {
    optional Edition edition_introduced = 1;
    optional Edition edition_deprecated = 2;
    optional string deprecation_warning = 3;
    optional Edition edition_removed = 4;
    optional string removal_error = 5;
  }
  enum CType {
    STRING = 0;
    CORD = 1;
    STRING_PIECE = 2;
  }
  enum JSType {
    JS_NORMAL = 0;
    JS_STRING = 1;
    JS_NUMBER = 2;
  }
  enum OptionRetention {
    RETENTION_UNKNOWN = 0;
    RETENTION_RUNTIME = 1;
    RETENTION_SOURCE = 2;
  }
  enum OptionTargetType {
    TARGET_TYPE_UNKNOWN = 0;
    TARGET_TYPE_FILE = 1;
    TARGET_TYPE_EXTENSION_RANGE = 2;
    TARGET_TYPE_MESSAGE = 3;
    TARGET_TYPE_FIELD = 4;
    TARGET_TYPE_ONEOF = 5;
    TARGET_TYPE_ENUM = 6;
    TARGET_TYPE_ENUM_ENTRY = 7;
    TARGET_TYPE_SERVICE = 8;
    TARGET_TYPE_METHOD = 9;
  }
  optional CType ctype = 1 [default = STRING];
  optional bool packed = 2;
  optional JSType jstype = 6 [default = JS_NORMAL];
  optional bool lazy = 5 [default = false];
  optional bool unverified_lazy = 15 [default = false];
  optional bool deprecated = 3 [default = false];
  optional bool weak = 10 [default = false, deprecated = true];
  optional bool debug_redact = 16 [default = false];
  optional OptionRetention retention = 17;
  repeated OptionTargetType targets = 19;
  repeated EditionDefault edition_defaults = 20;
  optional FeatureSet features = 21;
  optional FeatureSupport feature_support = 22;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message OneofOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  optional FeatureSet features = 1;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message EnumOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  optional bool allow_alias = 2;
  optional bool deprecated = 3 [default = false];
  optional bool deprecated_legacy_json_field_conflicts = 6 [deprecated = true];
  optional FeatureSet features = 7;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message EnumValueOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  optional bool deprecated = 1 [default = false];
  optional FeatureSet features = 2;
  optional bool debug_redact = 3 [default = false];
  optional FieldOptions.FeatureSupport feature_support = 4;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message ServiceOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  optional FeatureSet features = 34;
  optional bool deprecated = 33 [default = false];
  repeated UninterpretedOption uninterpreted_option = 999;
}

message MethodOptions {
  extensions 990 to 998;
  extensions 1000 to max;
  enum IdempotencyLevel {
    IDEMPOTENCY_UNKNOWN = 0;
    NO_SIDE_EFFECTS = 1;
    IDEMPOTENT = 2;
  }
  optional bool deprecated = 33 [default = false];
  optional IdempotencyLevel idempotency_level = 34 [default = IDEMPOTENCY_UNKNOWN];
  optional FeatureSet features = 35;
  repeated UninterpretedOption uninterpreted_option = 999;
}

message UninterpretedOption {
  message NamePart {
    required string name_part = 1;
    required bool is_extension = 2;
  }
  repeated NamePart name = 2;
  optional string identifier_value = 3;
  optional uint64 positive_int_value = 4;
  optional int64 negative_int_value = 5;
  optional double double_value = 6;
  optional bytes string_value = 7;
  optional string aggregate_value = 8;
}

message FeatureSet {
  extensions 1000 to 9994;
  extensions 9995 to 9999;
  extensions 10000;
  message VisibilityFeature {
    enum DefaultSymbolVisibility {
      DEFAULT_SYMBOL_VISIBILITY_UNKNOWN = 0;
      EXPORT_ALL = 1;
      EXPORT_TOP_LEVEL = 2;
      LOCAL_ALL = 3;
      STRICT = 4;
    }
  }
  message ProtoLimitsFeature {
    enum EnforceProtoLimits {
      PROTO_LIMITS_UNKNOWN = 0;
      LEGACY_NO_EXPLICIT_LIMITS = 1;
      PROTO_LIMITS2026 = 2;
    }
  }
  enum FieldPresence {
    FIELD_PRESENCE_UNKNOWN = 0;
    EXPLICIT = 1;
    IMPLICIT = 2;
    LEGACY_REQUIRED = 3;
  }
  enum EnumType {
    ENUM_TYPE_UNKNOWN = 0;
    OPEN = 1;
    CLOSED = 2;
  }
  enum RepeatedFieldEncoding {
    REPEATED_FIELD_ENCODING_UNKNOWN = 0;
    PACKED = 1;
    EXPANDED = 2;
  }
  enum Utf8Validation {
    UTF8_VALIDATION_UNKNOWN = 0;
    VERIFY = 2;
    NONE = 3;
  }
  enum MessageEncoding {
    MESSAGE_ENCODING_UNKNOWN = 0;
    LENGTH_PREFIXED = 1;
    DELIMITED = 2;
  }
  enum JsonFormat {
    JSON_FORMAT_UNKNOWN = 0;
    ALLOW = 1;
    LEGACY_BEST_EFFORT = 2;
  }
  enum EnforceNamingStyle {
    ENFORCE_NAMING_STYLE_UNKNOWN = 0;
    STYLE2024 = 1;
    STYLE_LEGACY = 2;
    STYLE2026 = 3;
  }
  optional FieldPresence field_presence = 1 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "EXPLICIT" },
      edition_defaults = { edition: EDITION_PROTO3 value: "IMPLICIT" },
      edition_defaults = { edition: EDITION_2023 value: "EXPLICIT" }
    ];
  optional EnumType enum_type = 2 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "CLOSED" },
      edition_defaults = { edition: EDITION_PROTO3 value: "OPEN" }
    ];
  optional RepeatedFieldEncoding repeated_field_encoding = 3 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "EXPANDED" },
      edition_defaults = { edition: EDITION_PROTO3 value: "PACKED" }
    ];
  optional Utf8Validation utf8_validation = 4 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "NONE" },
      edition_defaults = { edition: EDITION_PROTO3 value: "VERIFY" }
    ];
  optional MessageEncoding message_encoding = 5 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "LENGTH_PREFIXED" }
    ];
  optional JsonFormat json_format = 6 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_ENUM,
      targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "LEGACY_BEST_EFFORT" },
      edition_defaults = { edition: EDITION_PROTO3 value: "ALLOW" }
    ];
  optional EnforceNamingStyle enforce_naming_style = 7 [
      retention = RETENTION_SOURCE, targets = TARGET_TYPE_FILE,
      targets = TARGET_TYPE_EXTENSION_RANGE, targets = TARGET_TYPE_MESSAGE,
      targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_ONEOF, targets = TARGET_TYPE_ENUM,
      targets = TARGET_TYPE_ENUM_ENTRY, targets = TARGET_TYPE_SERVICE, targets = TARGET_TYPE_METHOD,
      edition_defaults = { edition: EDITION_LEGACY value: "STYLE_LEGACY" },
      edition_defaults = { edition: EDITION_2024 value: "STYLE2024" },
      edition_defaults = { edition: EDITION_2026 value: "STYLE2026" }
    ];
  optional VisibilityFeature.DefaultSymbolVisibility default_symbol_visibility = 8 [
      retention = RETENTION_SOURCE, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "EXPORT_ALL" },
      edition_defaults = { edition: EDITION_2024 value: "EXPORT_TOP_LEVEL" },
      edition_defaults = { edition: EDITION_2026 value: "STRICT" }
    ];
  optional ProtoLimitsFeature.EnforceProtoLimits enforce_proto_limits = 9 [
      retention = RETENTION_SOURCE, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_MESSAGE,
      targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_ONEOF,
      edition_defaults = { edition: EDITION_LEGACY value: "LEGACY_NO_EXPLICIT_LIMITS" },
      edition_defaults = { edition: EDITION_2026 value: "PROTO_LIMITS2026" }
    ];
}

message FeatureSetDefaults {
  message FeatureSetEditionDefault {
    optional Edition edition = 3;
    optional FeatureSet overridable_features = 4;
    optional FeatureSet fixed_features = 5;
  }
  repeated FeatureSetEditionDefault defaults = 1;
  optional Edition minimum_edition = 4;
  optional Edition maximum_edition = 5;
}

message SourceCodeInfo {
  extensions 536000000;
  message Location {
    // Field numbers and indexes from the file down to the element.
    repeated int32 path = 1 [packed = true];
    // Start line, start column, end line unless it is the same, end column; from 0.
    repeated int32 span = 2 [packed = true];
    optional string leading_comments = 3;
    optional string trailing_comments = 4;
    repeated string leading_detached_comments = 6;
  }
  repeated Location location = 1;
}

message GeneratedCodeInfo {
  message Annotation {
    enum Semantic {
      NONE = 0;
      SET = 1;
      ALIAS = 2;
    }
    repeated int32 path = 1 [packed = true];
    optional string source_file = 2;
    optional int32 begin = 3;
    optional int32 end = 4;
    optional Semantic semantic = 5;
  }
  repeated Annotation annotation = 1;
}

enum Edition {
  EDITION_UNKNOWN = 0;
  EDITION_LEGACY = 900;
  EDITION_PROTO2 = 998;
  EDITION_PROTO3 = 999;
  EDITION_2023 = 1000;
  EDITION_2024 = 1001;
  EDITION_2026 = 1002;
  EDITION_UNSTABLE = 9999;
  EDITION_1_TEST_ONLY = 1;
  EDITION_2_TEST_ONLY = 2;
  EDITION_99997_TEST_ONLY = 99997;
  EDITION_99998_TEST_ONLY = 99998;
  EDITION_99999_TEST_ONLY = 99999;
  EDITION_MAX = 2147483647;
}

enum SymbolVisibility {
  VISIBILITY_UNSET = 0;
  VISIBILITY_LOCAL = 1;
  VISIBILITY_EXPORT = 2;
}
`,
  "google/protobuf/duration.proto": `// A signed span of time. JSON: seconds with up to nine digits, "3.000001s".

syntax = "proto3";

package google.protobuf;

message Duration {
  int64 seconds = 1;
  // Of the same sign as seconds.
  int32 nanos = 2;
}
`,
  "google/protobuf/empty.proto": `// The request or response of a method that needs none. JSON: {}.

syntax = "proto3";

package google.protobuf;

message Empty {}
`,
  "google/protobuf/field_mask.proto": `// A set of field paths, for partial reads and updates (AIP-134, AIP-157). JSON: "title,author.name".

syntax = "proto3";

package google.protobuf;

message FieldMask {
  repeated string paths = 1;
}
`,
  "google/protobuf/go_features.proto": `// Edition features that only generated Go reads; other languages skip them.

syntax = "proto2";

package pb;

import "google/protobuf/descriptor.proto";

message GoFeatures {
  message OptimizeModeFeature {
    enum OptimizeMode {
      OPTIMIZE_MODE_UNSPECIFIED = 0;
      SPEED = 1;
      CODE_SIZE = 2;
    }
  }
  enum APILevel {
    API_LEVEL_UNSPECIFIED = 0;
    API_OPEN = 1;
    API_HYBRID = 2;
    API_OPAQUE = 3;
  }
  enum StripEnumPrefix {
    STRIP_ENUM_PREFIX_UNSPECIFIED = 0;
    STRIP_ENUM_PREFIX_KEEP = 1;
    STRIP_ENUM_PREFIX_GENERATE_BOTH = 2;
    STRIP_ENUM_PREFIX_STRIP = 3;
  }
  optional bool legacy_unmarshal_json_enum = 1 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "true" },
      edition_defaults = { edition: EDITION_PROTO3 value: "false" },
      feature_support = { edition_introduced: EDITION_2023 edition_deprecated: EDITION_2023 }
    ];
  optional APILevel api_level = 2 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "API_LEVEL_UNSPECIFIED" },
      edition_defaults = { edition: EDITION_2024 value: "API_OPAQUE" },
      feature_support = { edition_introduced: EDITION_2023 }
    ];
  optional StripEnumPrefix strip_enum_prefix = 3 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_ENUM_ENTRY,
      targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "STRIP_ENUM_PREFIX_KEEP" },
      feature_support = { edition_introduced: EDITION_2024 }
    ];
  optional OptimizeModeFeature.OptimizeMode optimize_mode = 4 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "OPTIMIZE_MODE_UNSPECIFIED" },
      feature_support = { edition_introduced: EDITION_2024 }
    ];
}

extend google.protobuf.FeatureSet {
  optional GoFeatures go = 1002;
}
`,
  "google/protobuf/java_features.proto": `// Edition features that only generated Java reads; other languages skip them.

syntax = "proto2";

package pb;

import "google/protobuf/descriptor.proto";

message JavaFeatures {
  reserved 6;
  message NestInFileClassFeature {
    reserved 1 to max;
    enum NestInFileClass {
      NEST_IN_FILE_CLASS_UNKNOWN = 0;
      NO = 1;
      YES = 2;
      LEGACY = 3 [
        feature_support = { edition_introduced: EDITION_2024 edition_removed: EDITION_2024 }
      ];
    }
  }
  enum Utf8Validation {
    UTF8_VALIDATION_UNKNOWN = 0;
    DEFAULT = 1;
    VERIFY = 2;
  }
  optional bool legacy_closed_enum = 1 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "true" },
      edition_defaults = { edition: EDITION_PROTO3 value: "false" },
      feature_support = { edition_introduced: EDITION_2023 edition_deprecated: EDITION_2023 }
    ];
  optional Utf8Validation utf8_validation = 2 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "DEFAULT" },
      feature_support = { edition_introduced: EDITION_2023 edition_deprecated: EDITION_2024 }
    ];
  optional bool large_enum = 3 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_ENUM, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "false" },
      feature_support = { edition_introduced: EDITION_2024 }
    ];
  optional bool use_old_outer_classname_default = 4 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_FILE,
      edition_defaults = { edition: EDITION_LEGACY value: "true" },
      edition_defaults = { edition: EDITION_2024 value: "false" },
      feature_support = { edition_introduced: EDITION_2024 edition_removed: EDITION_2024 }
    ];
  optional NestInFileClassFeature.NestInFileClass nest_in_file_class = 5 [
      retention = RETENTION_RUNTIME, targets = TARGET_TYPE_MESSAGE, targets = TARGET_TYPE_ENUM,
      targets = TARGET_TYPE_SERVICE, edition_defaults = { edition: EDITION_LEGACY value: "LEGACY" },
      edition_defaults = { edition: EDITION_2024 value: "NO" },
      feature_support = { edition_introduced: EDITION_2024 }
    ];
}

extend google.protobuf.FeatureSet {
  optional JavaFeatures java = 1001;
}
`,
  "google/protobuf/source_context.proto": `// The file that a described element comes from.

syntax = "proto3";

package google.protobuf;

message SourceContext {
  string file_name = 1;
}
`,
  "google/protobuf/struct.proto": `// Any JSON value as a message. JSON: the value itself.

syntax = "proto3";

package google.protobuf;

message Struct {
  map<string, Value> fields = 1;
}

message Value {
  oneof kind {
    NullValue null_value = 1;
    double number_value = 2;
    string string_value = 3;
    bool bool_value = 4;
    Struct struct_value = 5;
    ListValue list_value = 6;
  }
}

message ListValue {
  repeated Value values = 1;
}

enum NullValue {
  NULL_VALUE = 0;
}
`,
  "google/protobuf/timestamp.proto": `// A point in time, UTC. JSON: RFC 3339, "2026-11-20T10:00:00Z".

syntax = "proto3";

package google.protobuf;

message Timestamp {
  // Since 1970-01-01T00:00:00Z.
  int64 seconds = 1;
  // Counts forward, also before 1970.
  int32 nanos = 2;
}
`,
  "google/protobuf/type.proto": `// Describes message and enum types at run time.

syntax = "proto3";

package google.protobuf;

import "google/protobuf/any.proto";
import "google/protobuf/source_context.proto";

message Type {
  string name = 1;
  repeated Field fields = 2;
  repeated string oneofs = 3;
  repeated Option options = 4;
  SourceContext source_context = 5;
  Syntax syntax = 6;
  string edition = 7;
}

message Field {
  enum Kind {
    TYPE_UNKNOWN = 0;
    TYPE_DOUBLE = 1;
    TYPE_FLOAT = 2;
    TYPE_INT64 = 3;
    TYPE_UINT64 = 4;
    TYPE_INT32 = 5;
    TYPE_FIXED64 = 6;
    TYPE_FIXED32 = 7;
    TYPE_BOOL = 8;
    TYPE_STRING = 9;
    TYPE_GROUP = 10;
    TYPE_MESSAGE = 11;
    TYPE_BYTES = 12;
    TYPE_UINT32 = 13;
    TYPE_ENUM = 14;
    TYPE_SFIXED32 = 15;
    TYPE_SFIXED64 = 16;
    TYPE_SINT32 = 17;
    TYPE_SINT64 = 18;
  }
  enum Cardinality {
    CARDINALITY_UNKNOWN = 0;
    CARDINALITY_OPTIONAL = 1;
    CARDINALITY_REQUIRED = 2;
    CARDINALITY_REPEATED = 3;
  }
  Kind kind = 1;
  Cardinality cardinality = 2;
  int32 number = 3;
  string name = 4;
  string type_url = 6;
  int32 oneof_index = 7;
  bool packed = 8;
  repeated Option options = 9;
  string json_name = 10;
  string default_value = 11;
}

message Enum {
  string name = 1;
  repeated EnumValue enumvalue = 2;
  repeated Option options = 3;
  SourceContext source_context = 4;
  Syntax syntax = 5;
  string edition = 6;
}

message EnumValue {
  string name = 1;
  int32 number = 2;
  repeated Option options = 3;
}

message Option {
  string name = 1;
  Any value = 2;
}

enum Syntax {
  SYNTAX_PROTO2 = 0;
  SYNTAX_PROTO3 = 1;
  SYNTAX_EDITIONS = 2;
}
`,
  "google/protobuf/wrappers.proto": `// Scalars that can be absent. JSON: the bare value, or null.

syntax = "proto3";

package google.protobuf;

message DoubleValue {
  double value = 1;
}

message FloatValue {
  float value = 1;
}

message Int64Value {
  int64 value = 1;
}

message UInt64Value {
  uint64 value = 1;
}

message Int32Value {
  int32 value = 1;
}

message UInt32Value {
  uint32 value = 1;
}

message BoolValue {
  bool value = 1;
}

message StringValue {
  string value = 1;
}

message BytesValue {
  bytes value = 1;
}
`,
  "google/rpc/code.proto": `// The status codes of gRPC.

syntax = "proto3";

package google.rpc;

enum Code {
  OK = 0;
  CANCELLED = 1;
  UNKNOWN = 2;
  INVALID_ARGUMENT = 3;
  DEADLINE_EXCEEDED = 4;
  NOT_FOUND = 5;
  ALREADY_EXISTS = 6;
  PERMISSION_DENIED = 7;
  UNAUTHENTICATED = 16;
  RESOURCE_EXHAUSTED = 8;
  FAILED_PRECONDITION = 9;
  ABORTED = 10;
  OUT_OF_RANGE = 11;
  UNIMPLEMENTED = 12;
  INTERNAL = 13;
  UNAVAILABLE = 14;
  DATA_LOSS = 15;
}
`,
  "google/rpc/context/attribute_context.proto": `// Who called what from where, as attributes for policies.

syntax = "proto3";

package google.rpc.context;

import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";

message AttributeContext {
  message Peer {
    string ip = 1;
    int64 port = 2;
    map<string, string> labels = 6;
    string principal = 7;
    string region_code = 8;
  }
  message Api {
    string service = 1;
    string operation = 2;
    string protocol = 3;
    string version = 4;
  }
  message Auth {
    string principal = 1;
    repeated string audiences = 2;
    string presenter = 3;
    google.protobuf.Struct claims = 4;
    repeated string access_levels = 5;
  }
  message Request {
    string id = 1;
    string method = 2;
    map<string, string> headers = 3;
    string path = 4;
    string host = 5;
    string scheme = 6;
    string query = 7;
    google.protobuf.Timestamp time = 9;
    int64 size = 10;
    string protocol = 11;
    string reason = 12;
    Auth auth = 13;
    string origin = 14;
  }
  message Response {
    int64 code = 1;
    int64 size = 2;
    map<string, string> headers = 3;
    google.protobuf.Timestamp time = 4;
    google.protobuf.Duration backend_latency = 5;
  }
  message Resource {
    string service = 1;
    string name = 2;
    string type = 3;
    map<string, string> labels = 4;
    string uid = 5;
    map<string, string> annotations = 6;
    string display_name = 7;
    google.protobuf.Timestamp create_time = 8;
    google.protobuf.Timestamp update_time = 9;
    google.protobuf.Timestamp delete_time = 10;
    string etag = 11;
    string location = 12;
  }
  Peer origin = 7;
  Peer source = 1;
  Peer destination = 2;
  Request request = 3;
  Response response = 4;
  Resource resource = 5;
  Api api = 6;
  repeated google.protobuf.Any extensions = 8;
}
`,
  "google/rpc/context/audit_context.proto": `// What an audit log entry keeps of a call.

syntax = "proto3";

package google.rpc.context;

import "google/protobuf/struct.proto";

message AuditContext {
  bytes audit_log = 1;
  google.protobuf.Struct scrubbed_request = 2;
  google.protobuf.Struct scrubbed_response = 3;
  int32 scrubbed_response_item_count = 4;
  string target_resource = 5;
}
`,
  "google/rpc/error_details.proto": `// Messages that details of a status carry (AIP-193).

syntax = "proto3";

package google.rpc;

import "google/protobuf/duration.proto";

message ErrorInfo {
  // UPPER_SNAKE_CASE, at most 63 characters, unique within the domain.
  string reason = 1;
  // The service that the error comes from.
  string domain = 2;
  map<string, string> metadata = 3;
}

message RetryInfo {
  // Wait at least so long before the next attempt.
  google.protobuf.Duration retry_delay = 1;
}

// For developers of the service; do not show it to clients.
message DebugInfo {
  repeated string stack_entries = 1;
  string detail = 2;
}

message QuotaFailure {
  message Violation {
    string subject = 1;
    string description = 2;
    string api_service = 3;
    string quota_metric = 4;
    string quota_id = 5;
    map<string, string> quota_dimensions = 6;
    int64 quota_value = 7;
    optional int64 future_quota_value = 8;
  }
  repeated Violation violations = 1;
}

message PreconditionFailure {
  message Violation {
    string type = 1;
    string subject = 2;
    string description = 3;
  }
  repeated Violation violations = 1;
}

message BadRequest {
  message FieldViolation {
    // Path of the request field.
    string field = 1;
    string description = 2;
    string reason = 3;
    LocalizedMessage localized_message = 4;
  }
  repeated FieldViolation field_violations = 1;
}

message RequestInfo {
  string request_id = 1;
  string serving_data = 2;
}

message ResourceInfo {
  string resource_type = 1;
  string resource_name = 2;
  string owner = 3;
  string description = 4;
}

message Help {
  message Link {
    string description = 1;
    string url = 2;
  }
  repeated Link links = 1;
}

message LocalizedMessage {
  // BCP-47.
  string locale = 1;
  string message = 2;
}
`,
  "google/rpc/http.proto": `// An HTTP request and response as messages.

syntax = "proto3";

package google.rpc;

message HttpRequest {
  string method = 1;
  string uri = 2;
  repeated HttpHeader headers = 3;
  bytes body = 4;
}

message HttpResponse {
  int32 status = 1;
  string reason = 2;
  repeated HttpHeader headers = 3;
  bytes body = 4;
}

message HttpHeader {
  string key = 1;
  string value = 2;
}
`,
  "google/rpc/status.proto": `// The outcome of a call.

syntax = "proto3";

package google.rpc;

import "google/protobuf/any.proto";

message Status {
  // A google.rpc.Code.
  int32 code = 1;
  // For developers, in English.
  string message = 2;
  repeated google.protobuf.Any details = 3;
}
`,
  "google/type/calendar_period.proto": `// A unit of the calendar.

syntax = "proto3";

package google.type;

enum CalendarPeriod {
  CALENDAR_PERIOD_UNSPECIFIED = 0;
  DAY = 1;
  WEEK = 2;
  FORTNIGHT = 3;
  MONTH = 4;
  QUARTER = 5;
  HALF = 6;
  YEAR = 7;
}
`,
  "google/type/color.proto": `// A colour in RGBA, each part from 0 to 1.

syntax = "proto3";

package google.type;

import "google/protobuf/wrappers.proto";

message Color {
  float red = 1;
  float green = 2;
  float blue = 3;
  google.protobuf.FloatValue alpha = 4;
}
`,
  "google/type/date.proto": `// A calendar date; parts that are 0 are unknown.

syntax = "proto3";

package google.type;

message Date {
  int32 year = 1;
  int32 month = 2;
  int32 day = 3;
}
`,
  "google/type/datetime.proto": `// Civil time, with an offset, a time zone, or neither.

syntax = "proto3";

package google.type;

import "google/protobuf/duration.proto";

message DateTime {
  int32 year = 1;
  int32 month = 2;
  int32 day = 3;
  int32 hours = 4;
  int32 minutes = 5;
  int32 seconds = 6;
  int32 nanos = 7;
  oneof time_offset {
    google.protobuf.Duration utc_offset = 8;
    TimeZone time_zone = 9;
  }
}

message TimeZone {
  string id = 1;
  string version = 2;
}
`,
  "google/type/dayofweek.proto": `// A day of the week.

syntax = "proto3";

package google.type;

enum DayOfWeek {
  DAY_OF_WEEK_UNSPECIFIED = 0;
  MONDAY = 1;
  TUESDAY = 2;
  WEDNESDAY = 3;
  THURSDAY = 4;
  FRIDAY = 5;
  SATURDAY = 6;
  SUNDAY = 7;
}
`,
  "google/type/decimal.proto": `// A decimal number as text, exact.

syntax = "proto3";

package google.type;

message Decimal {
  string value = 1;
}
`,
  "google/type/expr.proto": `// A CEL expression with its place in a source.

syntax = "proto3";

package google.type;

message Expr {
  string expression = 1;
  string title = 2;
  string description = 3;
  string location = 4;
}
`,
  "google/type/fraction.proto": `// A fraction of two integers.

syntax = "proto3";

package google.type;

message Fraction {
  int64 numerator = 1;
  int64 denominator = 2;
}
`,
  "google/type/interval.proto": `// A half-open span between two points in time.

syntax = "proto3";

package google.type;

import "google/protobuf/timestamp.proto";

message Interval {
  google.protobuf.Timestamp start_time = 1;
  google.protobuf.Timestamp end_time = 2;
}
`,
  "google/type/latlng.proto": `// A point on Earth in degrees, WGS84.

syntax = "proto3";

package google.type;

message LatLng {
  double latitude = 1;
  double longitude = 2;
}
`,
  "google/type/localized_text.proto": `// Text with its BCP-47 language.

syntax = "proto3";

package google.type;

message LocalizedText {
  string text = 1;
  string language_code = 2;
}
`,
  "google/type/money.proto": `// An amount with its ISO 4217 currency; nanos are 10^-9 units.

syntax = "proto3";

package google.type;

message Money {
  string currency_code = 1;
  int64 units = 2;
  int32 nanos = 3;
}
`,
  "google/type/month.proto": `// A month of the Gregorian calendar.

syntax = "proto3";

package google.type;

enum Month {
  MONTH_UNSPECIFIED = 0;
  JANUARY = 1;
  FEBRUARY = 2;
  MARCH = 3;
  APRIL = 4;
  MAY = 5;
  JUNE = 6;
  JULY = 7;
  AUGUST = 8;
  SEPTEMBER = 9;
  OCTOBER = 10;
  NOVEMBER = 11;
  DECEMBER = 12;
}
`,
  "google/type/phone_number.proto": `// A phone number by E.164, or a short code.

syntax = "proto3";

package google.type;

message PhoneNumber {
  message ShortCode {
    string region_code = 1;
    string number = 2;
  }
  oneof kind {
    string e164_number = 1;
    ShortCode short_code = 2;
  }
  string extension = 3;
}
`,
  "google/type/postal_address.proto": `// A postal address.

syntax = "proto3";

package google.type;

message PostalAddress {
  int32 revision = 1;
  string region_code = 2;
  string language_code = 3;
  string postal_code = 4;
  string sorting_code = 5;
  string administrative_area = 6;
  string locality = 7;
  string sublocality = 8;
  repeated string address_lines = 9;
  repeated string recipients = 10;
  string organization = 11;
}
`,
  "google/type/quaternion.proto": `// A rotation in space.

syntax = "proto3";

package google.type;

message Quaternion {
  double x = 1;
  double y = 2;
  double z = 3;
  double w = 4;
}
`,
  "google/type/timeofday.proto": `// A time of day without date or zone.

syntax = "proto3";

package google.type;

message TimeOfDay {
  int32 hours = 1;
  int32 minutes = 2;
  int32 seconds = 3;
  int32 nanos = 4;
}
`,
  "grpc/health/v1/health.proto": `// The health checking protocol of gRPC.

syntax = "proto3";

package grpc.health.v1;

service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}

message HealthCheckRequest {
  // Empty for the server as a whole.
  string service = 1;
}

message HealthCheckResponse {
  enum ServingStatus {
    UNKNOWN = 0;
    SERVING = 1;
    NOT_SERVING = 2;
    SERVICE_UNKNOWN = 3;
  }
  ServingStatus status = 1;
}
`,
  "grpc/reflection/v1/reflection.proto": `// Asks a server for its descriptors.

syntax = "proto3";

package grpc.reflection.v1;

service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}

message ServerReflectionRequest {
  string host = 1;
  oneof message_request {
    string file_by_filename = 3;
    string file_containing_symbol = 4;
    ExtensionRequest file_containing_extension = 5;
    string all_extension_numbers_of_type = 6;
    string list_services = 7;
  }
}

message ExtensionRequest {
  string containing_type = 1;
  int32 extension_number = 2;
}

message ServerReflectionResponse {
  string valid_host = 1;
  ServerReflectionRequest original_request = 2;
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ExtensionNumberResponse all_extension_numbers_response = 5;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}

message FileDescriptorResponse {
  repeated bytes file_descriptor_proto = 1;
}

message ExtensionNumberResponse {
  string base_type_name = 1;
  repeated int32 extension_number = 2;
}

message ListServiceResponse {
  repeated ServiceResponse service = 1;
}

message ServiceResponse {
  string name = 1;
}

message ErrorResponse {
  int32 error_code = 1;
  string error_message = 2;
}
`,
  "grpc/reflection/v1alpha/reflection.proto": `// Asks a server for its descriptors: the older name of grpc.reflection.v1, equal on the wire.

syntax = "proto3";

package grpc.reflection.v1alpha;

service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}

message ServerReflectionRequest {
  string host = 1;
  oneof message_request {
    string file_by_filename = 3;
    string file_containing_symbol = 4;
    ExtensionRequest file_containing_extension = 5;
    string all_extension_numbers_of_type = 6;
    string list_services = 7;
  }
}

message ExtensionRequest {
  string containing_type = 1;
  int32 extension_number = 2;
}

message ServerReflectionResponse {
  string valid_host = 1;
  ServerReflectionRequest original_request = 2;
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ExtensionNumberResponse all_extension_numbers_response = 5;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}

message FileDescriptorResponse {
  repeated bytes file_descriptor_proto = 1;
}

message ExtensionNumberResponse {
  string base_type_name = 1;
  repeated int32 extension_number = 2;
}

message ListServiceResponse {
  repeated ServiceResponse service = 1;
}

message ServiceResponse {
  string name = 1;
}

message ErrorResponse {
  int32 error_code = 1;
  string error_message = 2;
}
`,
  "openapiv3/OpenAPIv3.proto": `// OpenAPI 3 documents as messages, as gnostic models them.

syntax = "proto3";

package openapi.v3;

import "google/protobuf/any.proto";

message AdditionalPropertiesItem {
  oneof oneof {
    SchemaOrReference schema_or_reference = 1;
    bool boolean = 2;
  }
}

message Any {
  google.protobuf.Any value = 1;
  string yaml = 2;
}

message AnyOrExpression {
  oneof oneof {
    Any any = 1;
    Expression expression = 2;
  }
}

message Callback {
  repeated NamedPathItem path = 1;
  repeated NamedAny specification_extension = 2;
}

message CallbackOrReference {
  oneof oneof {
    Callback callback = 1;
    Reference reference = 2;
  }
}

message CallbacksOrReferences {
  repeated NamedCallbackOrReference additional_properties = 1;
}

message Components {
  SchemasOrReferences schemas = 1;
  ResponsesOrReferences responses = 2;
  ParametersOrReferences parameters = 3;
  ExamplesOrReferences examples = 4;
  RequestBodiesOrReferences request_bodies = 5;
  HeadersOrReferences headers = 6;
  SecuritySchemesOrReferences security_schemes = 7;
  LinksOrReferences links = 8;
  CallbacksOrReferences callbacks = 9;
  repeated NamedAny specification_extension = 10;
}

message Contact {
  string name = 1;
  string url = 2;
  string email = 3;
  repeated NamedAny specification_extension = 4;
}

message DefaultType {
  oneof oneof {
    double number = 1;
    bool boolean = 2;
    string string = 3;
  }
}

message Discriminator {
  string property_name = 1;
  Strings mapping = 2;
  repeated NamedAny specification_extension = 3;
}

message Document {
  string openapi = 1;
  Info info = 2;
  repeated Server servers = 3;
  Paths paths = 4;
  Components components = 5;
  repeated SecurityRequirement security = 6;
  repeated Tag tags = 7;
  ExternalDocs external_docs = 8;
  repeated NamedAny specification_extension = 9;
}

message Encoding {
  string content_type = 1;
  HeadersOrReferences headers = 2;
  string style = 3;
  bool explode = 4;
  bool allow_reserved = 5;
  repeated NamedAny specification_extension = 6;
}

message Encodings {
  repeated NamedEncoding additional_properties = 1;
}

message Example {
  string summary = 1;
  string description = 2;
  Any value = 3;
  string external_value = 4;
  repeated NamedAny specification_extension = 5;
}

message ExampleOrReference {
  oneof oneof {
    Example example = 1;
    Reference reference = 2;
  }
}

message ExamplesOrReferences {
  repeated NamedExampleOrReference additional_properties = 1;
}

message Expression {
  repeated NamedAny additional_properties = 1;
}

message ExternalDocs {
  string description = 1;
  string url = 2;
  repeated NamedAny specification_extension = 3;
}

message Header {
  string description = 1;
  bool required = 2;
  bool deprecated = 3;
  bool allow_empty_value = 4;
  string style = 5;
  bool explode = 6;
  bool allow_reserved = 7;
  SchemaOrReference schema = 8;
  Any example = 9;
  ExamplesOrReferences examples = 10;
  MediaTypes content = 11;
  repeated NamedAny specification_extension = 12;
}

message HeaderOrReference {
  oneof oneof {
    Header header = 1;
    Reference reference = 2;
  }
}

message HeadersOrReferences {
  repeated NamedHeaderOrReference additional_properties = 1;
}

message Info {
  string title = 1;
  string description = 2;
  string terms_of_service = 3;
  Contact contact = 4;
  License license = 5;
  string version = 6;
  repeated NamedAny specification_extension = 7;
  string summary = 8;
}

message ItemsItem {
  repeated SchemaOrReference schema_or_reference = 1;
}

message License {
  string name = 1;
  string url = 2;
  repeated NamedAny specification_extension = 3;
}

message Link {
  string operation_ref = 1;
  string operation_id = 2;
  AnyOrExpression parameters = 3;
  AnyOrExpression request_body = 4;
  string description = 5;
  Server server = 6;
  repeated NamedAny specification_extension = 7;
}

message LinkOrReference {
  oneof oneof {
    Link link = 1;
    Reference reference = 2;
  }
}

message LinksOrReferences {
  repeated NamedLinkOrReference additional_properties = 1;
}

message MediaType {
  SchemaOrReference schema = 1;
  Any example = 2;
  ExamplesOrReferences examples = 3;
  Encodings encoding = 4;
  repeated NamedAny specification_extension = 5;
}

message MediaTypes {
  repeated NamedMediaType additional_properties = 1;
}

message NamedAny {
  string name = 1;
  Any value = 2;
}

message NamedCallbackOrReference {
  string name = 1;
  CallbackOrReference value = 2;
}

message NamedEncoding {
  string name = 1;
  Encoding value = 2;
}

message NamedExampleOrReference {
  string name = 1;
  ExampleOrReference value = 2;
}

message NamedHeaderOrReference {
  string name = 1;
  HeaderOrReference value = 2;
}

message NamedLinkOrReference {
  string name = 1;
  LinkOrReference value = 2;
}

message NamedMediaType {
  string name = 1;
  MediaType value = 2;
}

message NamedParameterOrReference {
  string name = 1;
  ParameterOrReference value = 2;
}

message NamedPathItem {
  string name = 1;
  PathItem value = 2;
}

message NamedRequestBodyOrReference {
  string name = 1;
  RequestBodyOrReference value = 2;
}

message NamedResponseOrReference {
  string name = 1;
  ResponseOrReference value = 2;
}

message NamedSchemaOrReference {
  string name = 1;
  SchemaOrReference value = 2;
}

message NamedSecuritySchemeOrReference {
  string name = 1;
  SecuritySchemeOrReference value = 2;
}

message NamedServerVariable {
  string name = 1;
  ServerVariable value = 2;
}

message NamedString {
  string name = 1;
  string value = 2;
}

message NamedStringArray {
  string name = 1;
  StringArray value = 2;
}

message OauthFlow {
  string authorization_url = 1;
  string token_url = 2;
  string refresh_url = 3;
  Strings scopes = 4;
  repeated NamedAny specification_extension = 5;
}

message OauthFlows {
  OauthFlow implicit = 1;
  OauthFlow password = 2;
  OauthFlow client_credentials = 3;
  OauthFlow authorization_code = 4;
  repeated NamedAny specification_extension = 5;
}

message Object {
  repeated NamedAny additional_properties = 1;
}

message Operation {
  repeated string tags = 1;
  string summary = 2;
  string description = 3;
  ExternalDocs external_docs = 4;
  string operation_id = 5;
  repeated ParameterOrReference parameters = 6;
  RequestBodyOrReference request_body = 7;
  Responses responses = 8;
  CallbacksOrReferences callbacks = 9;
  bool deprecated = 10;
  repeated SecurityRequirement security = 11;
  repeated Server servers = 12;
  repeated NamedAny specification_extension = 13;
}

message Parameter {
  string name = 1;
  string in = 2;
  string description = 3;
  bool required = 4;
  bool deprecated = 5;
  bool allow_empty_value = 6;
  string style = 7;
  bool explode = 8;
  bool allow_reserved = 9;
  SchemaOrReference schema = 10;
  Any example = 11;
  ExamplesOrReferences examples = 12;
  MediaTypes content = 13;
  repeated NamedAny specification_extension = 14;
}

message ParameterOrReference {
  oneof oneof {
    Parameter parameter = 1;
    Reference reference = 2;
  }
}

message ParametersOrReferences {
  repeated NamedParameterOrReference additional_properties = 1;
}

message PathItem {
  string _ref = 1;
  string summary = 2;
  string description = 3;
  Operation get = 4;
  Operation put = 5;
  Operation post = 6;
  Operation delete = 7;
  Operation options = 8;
  Operation head = 9;
  Operation patch = 10;
  Operation trace = 11;
  repeated Server servers = 12;
  repeated ParameterOrReference parameters = 13;
  repeated NamedAny specification_extension = 14;
}

message Paths {
  repeated NamedPathItem path = 1;
  repeated NamedAny specification_extension = 2;
}

message Properties {
  repeated NamedSchemaOrReference additional_properties = 1;
}

message Reference {
  string _ref = 1;
  string summary = 2;
  string description = 3;
}

message RequestBodiesOrReferences {
  repeated NamedRequestBodyOrReference additional_properties = 1;
}

message RequestBody {
  string description = 1;
  MediaTypes content = 2;
  bool required = 3;
  repeated NamedAny specification_extension = 4;
}

message RequestBodyOrReference {
  oneof oneof {
    RequestBody request_body = 1;
    Reference reference = 2;
  }
}

message Response {
  string description = 1;
  HeadersOrReferences headers = 2;
  MediaTypes content = 3;
  LinksOrReferences links = 4;
  repeated NamedAny specification_extension = 5;
}

message ResponseOrReference {
  oneof oneof {
    Response response = 1;
    Reference reference = 2;
  }
}

message Responses {
  ResponseOrReference default = 1;
  repeated NamedResponseOrReference response_or_reference = 2;
  repeated NamedAny specification_extension = 3;
}

message ResponsesOrReferences {
  repeated NamedResponseOrReference additional_properties = 1;
}

message Schema {
  bool nullable = 1;
  Discriminator discriminator = 2;
  bool read_only = 3;
  bool write_only = 4;
  Xml xml = 5;
  ExternalDocs external_docs = 6;
  Any example = 7;
  bool deprecated = 8;
  string title = 9;
  double multiple_of = 10;
  double maximum = 11;
  bool exclusive_maximum = 12;
  double minimum = 13;
  bool exclusive_minimum = 14;
  int64 max_length = 15;
  int64 min_length = 16;
  string pattern = 17;
  int64 max_items = 18;
  int64 min_items = 19;
  bool unique_items = 20;
  int64 max_properties = 21;
  int64 min_properties = 22;
  repeated string required = 23;
  repeated Any enum = 24;
  string type = 25;
  repeated SchemaOrReference all_of = 26;
  repeated SchemaOrReference one_of = 27;
  repeated SchemaOrReference any_of = 28;
  Schema not = 29;
  ItemsItem items = 30;
  Properties properties = 31;
  AdditionalPropertiesItem additional_properties = 32;
  DefaultType default = 33;
  string description = 34;
  string format = 35;
  repeated NamedAny specification_extension = 36;
}

message SchemaOrReference {
  oneof oneof {
    Schema schema = 1;
    Reference reference = 2;
  }
}

message SchemasOrReferences {
  repeated NamedSchemaOrReference additional_properties = 1;
}

message SecurityRequirement {
  repeated NamedStringArray additional_properties = 1;
}

message SecurityScheme {
  string type = 1;
  string description = 2;
  string name = 3;
  string in = 4;
  string scheme = 5;
  string bearer_format = 6;
  OauthFlows flows = 7;
  string open_id_connect_url = 8;
  repeated NamedAny specification_extension = 9;
}

message SecuritySchemeOrReference {
  oneof oneof {
    SecurityScheme security_scheme = 1;
    Reference reference = 2;
  }
}

message SecuritySchemesOrReferences {
  repeated NamedSecuritySchemeOrReference additional_properties = 1;
}

message Server {
  string url = 1;
  string description = 2;
  ServerVariables variables = 3;
  repeated NamedAny specification_extension = 4;
}

message ServerVariable {
  repeated string enum = 1;
  string default = 2;
  string description = 3;
  repeated NamedAny specification_extension = 4;
}

message ServerVariables {
  repeated NamedServerVariable additional_properties = 1;
}

message SpecificationExtension {
  oneof oneof {
    double number = 1;
    bool boolean = 2;
    string string = 3;
  }
}

message StringArray {
  repeated string value = 1;
}

message Strings {
  repeated NamedString additional_properties = 1;
}

message Tag {
  string name = 1;
  string description = 2;
  ExternalDocs external_docs = 3;
  repeated NamedAny specification_extension = 4;
}

message Xml {
  string name = 1;
  string namespace = 2;
  string prefix = 3;
  bool attribute = 4;
  bool wrapped = 5;
  repeated NamedAny specification_extension = 6;
}
`,
  "openapiv3/annotations.proto": `// gnostic's options: parts of an OpenAPI 3 document on proto elements.

syntax = "proto3";

package openapi.v3;

import "openapiv3/OpenAPIv3.proto";
import "google/protobuf/descriptor.proto";

extend google.protobuf.FileOptions {
  Document document = 1143;
}
extend google.protobuf.MethodOptions {
  Operation operation = 1143;
}
extend google.protobuf.MessageOptions {
  Schema schema = 1143;
}
extend google.protobuf.FieldOptions {
  Schema property = 1143;
}
`,
  "protoc-gen-openapiv2/options/annotations.proto": `// grpc-gateway's options: parts of an OpenAPI 2 document on proto elements.

syntax = "proto3";

package grpc.gateway.protoc_gen_openapiv2.options;

import "google/protobuf/descriptor.proto";
import "protoc-gen-openapiv2/options/openapiv2.proto";

extend google.protobuf.FileOptions {
  Swagger openapiv2_swagger = 1042;
}
extend google.protobuf.MethodOptions {
  Operation openapiv2_operation = 1042;
}
extend google.protobuf.MessageOptions {
  Schema openapiv2_schema = 1042;
}
extend google.protobuf.EnumOptions {
  EnumSchema openapiv2_enum = 1042;
}
extend google.protobuf.ServiceOptions {
  Tag openapiv2_tag = 1042;
}
extend google.protobuf.FieldOptions {
  JSONSchema openapiv2_field = 1042;
}
`,
  "protoc-gen-openapiv2/options/openapiv2.proto": `// OpenAPI 2 objects as messages, as grpc-gateway models them.

syntax = "proto3";

package grpc.gateway.protoc_gen_openapiv2.options;

import "google/protobuf/struct.proto";

message Swagger {
  reserved 8, 9;
  string swagger = 1;
  Info info = 2;
  string host = 3;
  string base_path = 4;
  repeated Scheme schemes = 5;
  repeated string consumes = 6;
  repeated string produces = 7;
  map<string, Response> responses = 10;
  SecurityDefinitions security_definitions = 11;
  repeated SecurityRequirement security = 12;
  repeated Tag tags = 13;
  ExternalDocumentation external_docs = 14;
  map<string, google.protobuf.Value> extensions = 15;
}

message Operation {
  reserved 8;
  repeated string tags = 1;
  string summary = 2;
  string description = 3;
  ExternalDocumentation external_docs = 4;
  string operation_id = 5;
  repeated string consumes = 6;
  repeated string produces = 7;
  map<string, Response> responses = 9;
  repeated Scheme schemes = 10;
  bool deprecated = 11;
  repeated SecurityRequirement security = 12;
  map<string, google.protobuf.Value> extensions = 13;
  Parameters parameters = 14;
}

message Parameters {
  repeated HeaderParameter headers = 1;
}

message HeaderParameter {
  reserved 6, 7;
  enum Type {
    UNKNOWN = 0;
    STRING = 1;
    NUMBER = 2;
    INTEGER = 3;
    BOOLEAN = 4;
  }
  string name = 1;
  string description = 2;
  Type type = 3;
  string format = 4;
  bool required = 5;
}

message Header {
  reserved 4, 5, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18;
  string description = 1;
  string type = 2;
  string format = 3;
  string default = 6;
  string pattern = 13;
}

message Response {
  string description = 1;
  Schema schema = 2;
  map<string, Header> headers = 3;
  map<string, string> examples = 4;
  map<string, google.protobuf.Value> extensions = 5;
}

message Info {
  string title = 1;
  string description = 2;
  string terms_of_service = 3;
  Contact contact = 4;
  License license = 5;
  string version = 6;
  map<string, google.protobuf.Value> extensions = 7;
}

message Contact {
  string name = 1;
  string url = 2;
  string email = 3;
}

message License {
  string name = 1;
  string url = 2;
}

message ExternalDocumentation {
  string description = 1;
  string url = 2;
}

message Schema {
  reserved 4;
  JSONSchema json_schema = 1;
  string discriminator = 2;
  bool read_only = 3;
  ExternalDocumentation external_docs = 5;
  string example = 6;
}

message EnumSchema {
  string description = 1;
  string default = 2;
  string title = 3;
  bool required = 4;
  bool read_only = 5;
  ExternalDocumentation external_docs = 6;
  string example = 7;
  string ref = 8;
  map<string, google.protobuf.Value> extensions = 9;
}

message JSONSchema {
  reserved 1, 2, 4, 18, 19, 23, 27, 28, 29, 30 to 33, 37 to 41, 42, 43 to 45;
  message FieldConfiguration {
    string path_param_name = 47;
    bool deprecated = 49;
  }
  enum JSONSchemaSimpleTypes {
    UNKNOWN = 0;
    ARRAY = 1;
    BOOLEAN = 2;
    INTEGER = 3;
    NULL = 4;
    NUMBER = 5;
    OBJECT = 6;
    STRING = 7;
  }
  string ref = 3;
  string title = 5;
  string description = 6;
  string default = 7;
  bool read_only = 8;
  string example = 9;
  double multiple_of = 10;
  double maximum = 11;
  bool exclusive_maximum = 12;
  double minimum = 13;
  bool exclusive_minimum = 14;
  uint64 max_length = 15;
  uint64 min_length = 16;
  string pattern = 17;
  uint64 max_items = 20;
  uint64 min_items = 21;
  bool unique_items = 22;
  uint64 max_properties = 24;
  uint64 min_properties = 25;
  repeated string required = 26;
  repeated string array = 34;
  repeated JSONSchemaSimpleTypes type = 35;
  string format = 36;
  repeated string enum = 46;
  FieldConfiguration field_configuration = 1001;
  map<string, google.protobuf.Value> extensions = 48;
}

message Tag {
  string name = 1;
  string description = 2;
  ExternalDocumentation external_docs = 3;
  map<string, google.protobuf.Value> extensions = 4;
}

message SecurityDefinitions {
  map<string, SecurityScheme> security = 1;
}

message SecurityScheme {
  enum Type {
    TYPE_INVALID = 0;
    TYPE_BASIC = 1;
    TYPE_API_KEY = 2;
    TYPE_OAUTH2 = 3;
  }
  enum In {
    IN_INVALID = 0;
    IN_QUERY = 1;
    IN_HEADER = 2;
  }
  enum Flow {
    FLOW_INVALID = 0;
    FLOW_IMPLICIT = 1;
    FLOW_PASSWORD = 2;
    FLOW_APPLICATION = 3;
    FLOW_ACCESS_CODE = 4;
  }
  Type type = 1;
  string description = 2;
  string name = 3;
  In in = 4;
  Flow flow = 5;
  string authorization_url = 6;
  string token_url = 7;
  Scopes scopes = 8;
  map<string, google.protobuf.Value> extensions = 9;
}

message SecurityRequirement {
  message SecurityRequirementValue {
    repeated string scope = 1;
  }
  map<string, SecurityRequirementValue> security_requirement = 1;
}

message Scopes {
  map<string, string> scope = 1;
}

enum Scheme {
  UNKNOWN = 0;
  HTTP = 1;
  HTTPS = 2;
  WS = 3;
  WSS = 4;
}
`,
  "protoc-gen-openapiv3/options/annotations.proto": `// grpc-gateway's options: parts of an OpenAPI 3 document on proto elements.

syntax = "proto3";

package grpc.gateway.protoc_gen_openapiv3.options;

import "google/protobuf/descriptor.proto";
import "protoc-gen-openapiv3/options/openapiv3.proto";

extend google.protobuf.FileOptions {
  Document openapiv3_document = 1295;
}
extend google.protobuf.ServiceOptions {
  Tag openapiv3_tag = 1295;
}
extend google.protobuf.MethodOptions {
  Operation openapiv3_operation = 1295;
}
extend google.protobuf.MessageOptions {
  Schema openapiv3_schema = 1295;
}
extend google.protobuf.FieldOptions {
  Schema openapiv3_field = 1295;
}
`,
  "protoc-gen-openapiv3/options/openapiv3.proto": `// OpenAPI 3 objects as messages, as grpc-gateway models them.

syntax = "proto3";

package grpc.gateway.protoc_gen_openapiv3.options;

import "google/protobuf/struct.proto";

message Document {
  Info info = 1;
  repeated Server servers = 2;
  ExternalDocs external_docs = 3;
  repeated Tag tags = 4;
  map<string, google.protobuf.Value> extensions = 5;
  Components components = 6;
  repeated SecurityRequirement security = 7;
}

message Components {
  map<string, SecurityScheme> security_schemes = 1;
}

message Info {
  string title = 1;
  string summary = 2;
  string description = 3;
  string terms_of_service = 4;
  Contact contact = 5;
  License license = 6;
  string version = 7;
  map<string, google.protobuf.Value> extensions = 8;
}

message Contact {
  string name = 1;
  string url = 2;
  string email = 3;
}

message License {
  string name = 1;
  oneof source {
    string identifier = 2;
    string url = 3;
  }
}

message Server {
  string url = 1;
  string description = 2;
}

message Operation {
  repeated string tags = 1;
  string summary = 2;
  string description = 3;
  ExternalDocs external_docs = 4;
  string operation_id = 5;
  bool deprecated = 6;
  repeated Server servers = 7;
  map<string, google.protobuf.Value> extensions = 8;
  repeated SecurityRequirement security = 9;
}

message Schema {
  string title = 1;
  string description = 2;
  bool deprecated = 3;
  map<string, google.protobuf.Value> extensions = 4;
}

message ExternalDocs {
  string description = 1;
  string url = 2;
}

message Tag {
  string name = 1;
  string description = 2;
  ExternalDocs external_docs = 3;
  map<string, google.protobuf.Value> extensions = 4;
}

message SecurityScheme {
  enum Type {
    TYPE_UNSPECIFIED = 0;
    TYPE_API_KEY = 1;
    TYPE_HTTP = 2;
    TYPE_MUTUAL_TLS = 3;
    TYPE_OAUTH2 = 4;
    TYPE_OPEN_ID_CONNECT = 5;
  }
  enum In {
    IN_UNSPECIFIED = 0;
    IN_QUERY = 1;
    IN_HEADER = 2;
    IN_COOKIE = 3;
  }
  Type type = 1;
  string description = 2;
  string name = 3;
  In in = 4;
  string scheme = 5;
  string bearer_format = 6;
  OAuthFlows flows = 7;
  string open_id_connect_url = 8;
}

message OAuthFlows {
  OAuthFlow implicit = 1;
  OAuthFlow password = 2;
  OAuthFlow client_credentials = 3;
  OAuthFlow authorization_code = 4;
}

message OAuthFlow {
  string authorization_url = 1;
  string token_url = 2;
  string refresh_url = 3;
  map<string, string> scopes = 4;
}

message SecurityRequirement {
  message Scopes {
    repeated string scopes = 1;
  }
  map<string, Scopes> schemes = 1;
}
`,
  "validate/validate.proto": `// Rules of protoc-gen-validate, the predecessor of buf.validate.

syntax = "proto2";

package validate;

import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";

message FieldRules {
  optional MessageRules message = 17;
  oneof type {
    FloatRules float = 1;
    DoubleRules double = 2;
    Int32Rules int32 = 3;
    Int64Rules int64 = 4;
    UInt32Rules uint32 = 5;
    UInt64Rules uint64 = 6;
    SInt32Rules sint32 = 7;
    SInt64Rules sint64 = 8;
    Fixed32Rules fixed32 = 9;
    Fixed64Rules fixed64 = 10;
    SFixed32Rules sfixed32 = 11;
    SFixed64Rules sfixed64 = 12;
    BoolRules bool = 13;
    StringRules string = 14;
    BytesRules bytes = 15;
    EnumRules enum = 16;
    RepeatedRules repeated = 18;
    MapRules map = 19;
    AnyRules any = 20;
    DurationRules duration = 21;
    TimestampRules timestamp = 22;
  }
}

message FloatRules {
  optional float const = 1;
  optional float lt = 2;
  optional float lte = 3;
  optional float gt = 4;
  optional float gte = 5;
  repeated float in = 6;
  repeated float not_in = 7;
  optional bool ignore_empty = 8;
}

message DoubleRules {
  optional double const = 1;
  optional double lt = 2;
  optional double lte = 3;
  optional double gt = 4;
  optional double gte = 5;
  repeated double in = 6;
  repeated double not_in = 7;
  optional bool ignore_empty = 8;
}

message Int32Rules {
  optional int32 const = 1;
  optional int32 lt = 2;
  optional int32 lte = 3;
  optional int32 gt = 4;
  optional int32 gte = 5;
  repeated int32 in = 6;
  repeated int32 not_in = 7;
  optional bool ignore_empty = 8;
}

message Int64Rules {
  optional int64 const = 1;
  optional int64 lt = 2;
  optional int64 lte = 3;
  optional int64 gt = 4;
  optional int64 gte = 5;
  repeated int64 in = 6;
  repeated int64 not_in = 7;
  optional bool ignore_empty = 8;
}

message UInt32Rules {
  optional uint32 const = 1;
  optional uint32 lt = 2;
  optional uint32 lte = 3;
  optional uint32 gt = 4;
  optional uint32 gte = 5;
  repeated uint32 in = 6;
  repeated uint32 not_in = 7;
  optional bool ignore_empty = 8;
}

message UInt64Rules {
  optional uint64 const = 1;
  optional uint64 lt = 2;
  optional uint64 lte = 3;
  optional uint64 gt = 4;
  optional uint64 gte = 5;
  repeated uint64 in = 6;
  repeated uint64 not_in = 7;
  optional bool ignore_empty = 8;
}

message SInt32Rules {
  optional sint32 const = 1;
  optional sint32 lt = 2;
  optional sint32 lte = 3;
  optional sint32 gt = 4;
  optional sint32 gte = 5;
  repeated sint32 in = 6;
  repeated sint32 not_in = 7;
  optional bool ignore_empty = 8;
}

message SInt64Rules {
  optional sint64 const = 1;
  optional sint64 lt = 2;
  optional sint64 lte = 3;
  optional sint64 gt = 4;
  optional sint64 gte = 5;
  repeated sint64 in = 6;
  repeated sint64 not_in = 7;
  optional bool ignore_empty = 8;
}

message Fixed32Rules {
  optional fixed32 const = 1;
  optional fixed32 lt = 2;
  optional fixed32 lte = 3;
  optional fixed32 gt = 4;
  optional fixed32 gte = 5;
  repeated fixed32 in = 6;
  repeated fixed32 not_in = 7;
  optional bool ignore_empty = 8;
}

message Fixed64Rules {
  optional fixed64 const = 1;
  optional fixed64 lt = 2;
  optional fixed64 lte = 3;
  optional fixed64 gt = 4;
  optional fixed64 gte = 5;
  repeated fixed64 in = 6;
  repeated fixed64 not_in = 7;
  optional bool ignore_empty = 8;
}

message SFixed32Rules {
  optional sfixed32 const = 1;
  optional sfixed32 lt = 2;
  optional sfixed32 lte = 3;
  optional sfixed32 gt = 4;
  optional sfixed32 gte = 5;
  repeated sfixed32 in = 6;
  repeated sfixed32 not_in = 7;
  optional bool ignore_empty = 8;
}

message SFixed64Rules {
  optional sfixed64 const = 1;
  optional sfixed64 lt = 2;
  optional sfixed64 lte = 3;
  optional sfixed64 gt = 4;
  optional sfixed64 gte = 5;
  repeated sfixed64 in = 6;
  repeated sfixed64 not_in = 7;
  optional bool ignore_empty = 8;
}

message BoolRules {
  optional bool const = 1;
}

message StringRules {
  optional string const = 1;
  optional uint64 len = 19;
  optional uint64 min_len = 2;
  optional uint64 max_len = 3;
  optional uint64 len_bytes = 20;
  optional uint64 min_bytes = 4;
  optional uint64 max_bytes = 5;
  optional string pattern = 6;
  optional string prefix = 7;
  optional string suffix = 8;
  optional string contains = 9;
  optional string not_contains = 23;
  repeated string in = 10;
  repeated string not_in = 11;
  oneof well_known {
    bool email = 12;
    bool hostname = 13;
    bool ip = 14;
    bool ipv4 = 15;
    bool ipv6 = 16;
    bool uri = 17;
    bool uri_ref = 18;
    bool address = 21;
    bool uuid = 22;
    KnownRegex well_known_regex = 24;
  }
  optional bool strict = 25 [default = true];
  optional bool ignore_empty = 26;
}

message BytesRules {
  optional bytes const = 1;
  optional uint64 len = 13;
  optional uint64 min_len = 2;
  optional uint64 max_len = 3;
  optional string pattern = 4;
  optional bytes prefix = 5;
  optional bytes suffix = 6;
  optional bytes contains = 7;
  repeated bytes in = 8;
  repeated bytes not_in = 9;
  oneof well_known {
    bool ip = 10;
    bool ipv4 = 11;
    bool ipv6 = 12;
  }
  optional bool ignore_empty = 14;
}

message EnumRules {
  optional int32 const = 1;
  optional bool defined_only = 2;
  repeated int32 in = 3;
  repeated int32 not_in = 4;
}

message MessageRules {
  optional bool skip = 1;
  optional bool required = 2;
}

message RepeatedRules {
  optional uint64 min_items = 1;
  optional uint64 max_items = 2;
  optional bool unique = 3;
  optional FieldRules items = 4;
  optional bool ignore_empty = 5;
}

message MapRules {
  optional uint64 min_pairs = 1;
  optional uint64 max_pairs = 2;
  optional bool no_sparse = 3;
  optional FieldRules keys = 4;
  optional FieldRules values = 5;
  optional bool ignore_empty = 6;
}

message AnyRules {
  optional bool required = 1;
  repeated string in = 2;
  repeated string not_in = 3;
}

message DurationRules {
  optional bool required = 1;
  optional google.protobuf.Duration const = 2;
  optional google.protobuf.Duration lt = 3;
  optional google.protobuf.Duration lte = 4;
  optional google.protobuf.Duration gt = 5;
  optional google.protobuf.Duration gte = 6;
  repeated google.protobuf.Duration in = 7;
  repeated google.protobuf.Duration not_in = 8;
}

message TimestampRules {
  optional bool required = 1;
  optional google.protobuf.Timestamp const = 2;
  optional google.protobuf.Timestamp lt = 3;
  optional google.protobuf.Timestamp lte = 4;
  optional google.protobuf.Timestamp gt = 5;
  optional google.protobuf.Timestamp gte = 6;
  optional bool lt_now = 7;
  optional bool gt_now = 8;
  optional google.protobuf.Duration within = 9;
}

enum KnownRegex {
  UNKNOWN = 0;
  HTTP_HEADER_NAME = 1;
  HTTP_HEADER_VALUE = 2;
}

extend google.protobuf.MessageOptions {
  optional bool disabled = 1071;
  optional bool ignored = 1072;
}
extend google.protobuf.OneofOptions {
  optional bool required = 1071;
}
extend google.protobuf.FieldOptions {
  optional FieldRules rules = 1071;
}
`,
};
