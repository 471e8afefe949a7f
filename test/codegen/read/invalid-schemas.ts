import type { Rule } from "../../../codegen/read/rules.ts";

/** A schema that breaks one rule. */
export interface InvalidSchema {
  readonly rule: Rule;
  /** The whole message that a person reads. */
  readonly message: string;
  /** `test.proto`; the mark « stands where the diagnostic points to. */
  readonly text: string;
  /** `other.proto`, which it may import. */
  readonly other?: string;
  /** A rule of zserver's own: stock protoc takes the schema. */
  readonly ours?: true;
}

const raw = (rule: Rule, message: string, text: string): InvalidSchema => ({ rule, message, text });
const p2 = (rule: Rule, message: string, body: string): InvalidSchema => raw(rule, message, `syntax = "proto2";\n${body}\n`);
const p3 = (rule: Rule, message: string, body: string): InvalidSchema => raw(rule, message, `syntax = "proto3";\n${body}\n`);
const ed = (rule: Rule, message: string, body: string): InvalidSchema => raw(rule, message, `edition = "2023";\n${body}\n`);
const ours = (rule: Rule, message: string, body: string): InvalidSchema => ({
  ...p3(rule, message, `import "zserver/options.proto";\nmessage M { repeated M m = 1; }\n${body}`),
  ours: true,
});
const blob = (rule: Rule, message: string, body: string): InvalidSchema => ours(rule, message, `import "zserver/blob.proto";\n${body}`);
/** A command that is compressed, by way of which the secret field `where` is reached. */
const secret = (where: string, body: string, command = "Request) returns (Reply"): InvalidSchema =>
  ours(
    "COMPRESSED_SECRET",
    `A is compressed, and may hold the secret field ${where}`,
    `${body} service S { rpc A(${command}) { option (zserver.command) = { max_bytes: 9 }; option «(zserver.command).compression = DEFLATE; } }`,
  );
const password = "message Login { string user = 1; string password = 2 [(zserver.field).secret = true]; }";
/** Together with an `other.proto` of proto2. */
const with2 = (rule: Rule, message: string, other: string, body: string): InvalidSchema => ({
  ...p3(rule, message, `import "other.proto";\n${body}`),
  other: `syntax = "proto2";\n${other}\n`,
});

const fieldOption = 'import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions';

export const invalidSchemas: readonly InvalidSchema[] = [
  p3("SYNTAX", "the field a has no number", "message M { int32 a«; }"),
  p3("SYNTAX", 'expected ";" behind the field, found "}"', "message M { int32 a=1 «}"),
  p3("SYNTAX", 'expected a declaration, found "massage"', "«massage M {}"),
  p3("SYNTAX", 'there is a "}" without a "{" before it', "«}"),
  raw("SYNTAX", "message M is not closed", 'syntax = "proto3";\nmessage M {«'),
  p3("SYNTAX", "the comment is not closed", "message M «/* {}"),
  p3("SYNTAX", "the string is not closed on its line", 'option java_package=«"a;\n message M {}'),
  p3("SYNTAX", "the string has an unknown escape", 'option java_package = "«\\q";'),
  p3("SYNTAX", "09 is not an octal number", "message M { int32 a = «09; }"),
  p3("SYNTAX", "a name follows a number directly", "message M { int32 a = 1«x; }"),
  p3("SYNTAX", "0x is not followed by hexadecimal digits", "message M { int32 a = «0x; }"),
  p3("SYNTAX", "the character U+00E9 is not allowed here", "message M { int32 «é = 1; }"),
  p3("SYNTAX", "reserved names are strings before edition 2023", "message M { reserved «foo; }"),
  ed("SYNTAX", "editions reserve names without quotes", 'message M { reserved «"foo"; }'),
  raw("SYNTAX_UNKNOWN", 'syntax "proto4" is not known', 'syntax = «"proto4";'),
  raw("SYNTAX_UNKNOWN", 'edition "1999" is not known', 'edition = «"1999";'),
  p3("PACKAGE_TWICE", "the file has two packages", "package a; «package b;"),
  p3("IMPORT_NOT_FOUND", "there is no file no/such.proto to import", 'import «"no/such.proto";'),
  p3("IMPORT_NOT_FOUND", "there is no file ../up.proto to import", 'import «"../up.proto";'),
  p3(
    "IMPORT_TWICE",
    "google/protobuf/any.proto is imported twice",
    'import "google/protobuf/any.proto"; import «"google/protobuf/any.proto"; message M { google.protobuf.Any a = 1; }',
  ),
  p3("IMPORT_CYCLE", "the file imports itself: test.proto → test.proto", 'import «"test.proto";'),
  p3("TYPE_UNRESOLVED", "the type Nope is not declared", "message M { «Nope a = 1; }"),
  p3(
    "TYPE_UNRESOLVED",
    "b.C means a.b.b.C here, which is not declared",
    "package a.b; message b {} message M { «b.C c = 1; } message C {}",
  ),
  p3(
    "TYPE_NOT_IMPORTED",
    "google.protobuf.Any is declared in google/protobuf/any.proto, which is not imported",
    'import "google/protobuf/type.proto"; message M { «google.protobuf.Any a = 1; }',
  ),
  p3("NOT_A_TYPE", ".a.b is a package, not a type", "package a.b; message M { «.a.b m = 1; }"),
  p3("DUPLICATE_NAME", "M is already declared as a message, at test.proto:2:9", "message M {} message «M {}"),
  p3("DUPLICATE_NAME", "X is already declared as an enum value, at test.proto:2:10", "enum A { X = 0; } enum B { «X = 0; }"),
  p3("DUPLICATE_NAME", "M.a is already declared as a field, at test.proto:2:19", "message M { int32 a = 1; int32 «a = 2; }"),
  p3("FIELD_NUMBER_RANGE", "0 is not a field number", "message M { int32 a = «0; }"),
  p3("FIELD_NUMBER_RANGE", "19500 belongs to protobuf itself", "message M { int32 a = «19500; }"),
  p3("FIELD_NUMBER_RANGE", "536870912 is not a field number", "message M { int32 a = «536870912; }"),
  p3("FIELD_NUMBER_RANGE", "99999999999 is not a field number", "message M { int32 a = «99999999999; }"),
  p3("FIELD_NUMBER_DUPLICATE", "the number 1 is already used by a, at 2:19", "message M { int32 a = 1; int32 b = «1; }"),
  p3("FIELD_NUMBER_RESERVED", "the number 5 is reserved", "message M { reserved 4 to 6; int32 a=«5; }"),
  p3("FIELD_NAME_RESERVED", "the name a is reserved", 'message M { reserved "a"; int32 «a = 1; }'),
  p3("RANGE_ORDER", "the range 6 to 4 is empty", "message M { reserved «6 to 4; }"),
  p3("RANGE_OVERLAP", "5 overlaps 4 to 6, which is reserved", "message M { reserved 4 to 6, «5; }"),
  p2("RANGE_OVERLAP", "5 to 536870911 overlaps 4 to 6, which is reserved", "message M { reserved 4 to 6; extensions   «5 to max; }"),
  p3("RESERVED_TWICE", "the name a is reserved twice", 'message M { reserved "a", «"a"; }'),
  p3("NUMBER_RANGE", "0 is out of range for a number", "message M { reserved «0; }"),
  p3("ENUM_EMPTY", "the enum E has no values", "enum «E {}"),
  p3("ENUM_FIRST_ZERO", "the first value of the open enum E is 1", "enum E { A = «1; }"),
  p3("ENUM_VALUE_DUPLICATE", "B has the number 0 of A, at 2:10", "enum E { A = 0; B = «0; }"),
  p3("ENUM_ALIAS_UNUSED", "E allows aliases and has none", "enum E { option «allow_alias = true; A = 0; }"),
  p3("ENUM_VALUE_RANGE", "2147483648 is out of range for an enum value", "enum E { A = 0; B = «2147483648; }"),
  p3("ENUM_VALUE_RANGE", "-2147483649 is out of range for an enum value", "enum E { A = 0; B = «-2147483649; }"),
  p3("ENUM_VALUE_RESERVED", "the number 2 is reserved", "enum E { A = 0; reserved 2; B = «2; }"),
  p3("ENUM_VALUE_RESERVED", "the name B is reserved", 'enum E { A = 0; reserved "B"; «B = 2; }'),
  p3("ENUM_VALUE_CONFLICT", "E_A and A are the same name without case and the prefix E", "enum E { A = 0; «E_A = 2; }"),
  p3("LABEL_NOT_ALLOWED", "required does not exist in proto3", "message M { «required int32 a = 1; }"),
  ed("LABEL_NOT_ALLOWED", "required does not exist in editions", "message M { «required int32 a = 1; }"),
  ed("LABEL_NOT_ALLOWED", "optional does not exist in editions", "message M { «optional int32 a = 1; }"),
  p2("LABEL_NOT_ALLOWED", "the extension a is required", "message M { extensions 1; } extend M { «required int32 a = 1; }"),
  p2("LABEL_MISSING", "a has no label", "message M { «int32 a = 1; }"),
  p3("GROUP_NOT_ALLOWED", "proto3 has no groups", "message M { «repeated group A = 1 {} }"),
  ed("GROUP_NOT_ALLOWED", "editions have no groups", "message M { «group A = 1 {} }"),
  p2("GROUP_NAME", "the group a does not begin with a capital letter", "message M { optional group «a = 1 {} }"),
  p3("ONEOF_EMPTY", "the oneof a has no fields", "message M { oneof «a {} }"),
  p3("ONEOF_LABEL", "b is in a oneof and repeated", "message M { oneof a { «repeated int32 b = 1; } }"),
  p3("MAP_PLACE", "the map b is in a oneof", "message M { oneof a { «map<int32, int32> b = 1; } }"),
  p3("MAP_PLACE", "the map b has the label repeated", "message M { «repeated map<int32, int32> b = 1; }"),
  p3("MAP_KEY_TYPE", "double cannot be the key of a map", "message M { map<«double, int32> b = 1; }"),
  p3("MAP_KEY_TYPE", "bytes cannot be the key of a map", "message M { map<«bytes, int32> b = 1; }"),
  p2(
    "MAP_ENUM_ZERO",
    "the first value of E is not 0, so it cannot be the value of a map",
    "enum E { A = 1; } message M { map<int32, «E> b = 1; }",
  ),
  p3(
    "MAP_ENTRY_CONFLICT",
    "the map foo_bar implies a message FooBarEntry, which is also declared at 2:52",
    "message M { map<int32, int32> «foo_bar = 1; message FooBarEntry {} }",
  ),
  p3("DEFAULT_INVALID", "proto3 has no defaults of one's own", "message M { int32 a = 1 [«default = 1]; }"),
  p2("DEFAULT_INVALID", "a message has no default", "message M { optional M a = 1 [«default = 1]; }"),
  p2("DEFAULT_INVALID", "a repeated field has no default", "message M { repeated int32 a = 1 [«default = 1]; }"),
  p2(
    "DEFAULT_INVALID",
    "the default of a is not an integer between -2147483648 and 2147483647",
    'message M { optional int32 a = 1 [default = «"a"]; }',
  ),
  p2(
    "DEFAULT_INVALID",
    "the default of a is not an integer between -2147483648 and 2147483647",
    "message M { optional int32 a = 1 [default = «2147483648]; }",
  ),
  p2("DEFAULT_INVALID", "the default of a is not a value of E", "enum E { A = 0; } message M { optional E a = 1 [default = «B]; }"),
  p3(
    "JSON_NAME_CONFLICT",
    'the JSON name "fooBar" of fooBar is also that of foo_bar, at 2:19',
    "message M { int32 foo_bar = 1; int32 «fooBar = 2; }",
  ),
  p3(
    "JSON_NAME_CONFLICT",
    'the JSON name "x" of x is also that of a, at 2:19',
    'message M { int32 a = 1 [json_name = "x"]; int32 «x = 2; }',
  ),
  p3("JSON_NAME_INVALID", "the JSON name [a] looks like an extension's", 'message M { int32 a = 1 [json_name = «"[a]"]; }'),
  p2(
    "JSON_NAME_INVALID",
    "an extension has no json_name",
    'message M { extensions 1; } extend M { optional int32 a = 1 [«json_name = "b"]; }',
  ),
  p2("EXTENSION_RANGE", "M does not open 2 for extensions", "message M { extensions 1; } extend M { optional int32 a = «2; }"),
  p2(
    "EXTENSION_DUPLICATE",
    "the number 1 of M is already the extension a",
    "message M { extensions 1; } extend M { optional int32 a = 1; optional int32 b = «1; }",
  ),
  p3("EXTENSION_PROTO3", "a message of proto3 cannot be extended", "message M { extensions «1; }"),
  p2("MESSAGE_SET", "the message set M has a field", "message M { option message_set_wire_format = true; optional int32 «a = 1; }"),
  p3("OPTION_UNKNOWN", "there is no option nope here", "option «nope = 1;"),
  p3("OPTION_UNKNOWN", "the option (a.b) is not declared", "option «(a.b) = 1;"),
  p3("OPTION_UNKNOWN", "(x) does not extend google.protobuf.FileOptions", `${fieldOption} { int32 x = 50000; } option «(x) = 1;`),
  p3("OPTION_VALUE", "cc_enable_arenas takes true or false", "option cc_enable_arenas = «1;"),
  p3(
    "OPTION_VALUE",
    "x takes an integer between -2147483648 and 2147483647",
    `${fieldOption} { int32 x = 50000; } message M { int32 a = 1 [(x) = «"a"]; }`,
  ),
  p3(
    "OPTION_VALUE",
    "x takes an integer between 0 and 4294967295",
    `${fieldOption} { uint32 x = 50000; } message M { int32 a = 1 [(x) = «-1]; }`,
  ),
  p3(
    "OPTION_VALUE",
    "a takes an integer between -2147483648 and 2147483647",
    `${fieldOption} { M x = 50000; } message M { int32 a = 1 [(x) = { a: «"b" }]; }`,
  ),
  p3("OPTION_UNKNOWN", "M has no field b", `${fieldOption} { M x = 50000; } message M { int32 a = 1 [(x) = { «b: 1 }]; }`),
  p3("OPTION_SET_TWICE", "a is set twice", `${fieldOption} { M x = 50000; } message M { int32 a = 1 [(x) = { a: 1 «a: 2 }]; }`),
  p3(
    "OPTION_SET_TWICE",
    "the option (x) is set twice",
    `${fieldOption} { M x = 50000; } message M { int32 a = 1 [(x).a = 1, «(x) = { a: 2 }]; }`,
  ),
  p3("OPTION_SET_TWICE", "the option java_package is set twice", 'option java_package = "a"; option «java_package = "b";'),
  p3("OPTION_MISFIT", "packed is for repeated numbers, bools and enums", "message M { int32 a = 1 [«packed = true]; }"),
  p3("OPTION_MISFIT", "jstype is for 64-bit integers", "message M { int32 a = 1 [«jstype = JS_STRING]; }"),
  p3("OPTION_MISFIT", "lazy is for messages that are not delimited", "message M { int32 a = 1 [«lazy = true]; }"),
  p3("OPTION_MISFIT", "map_entry is not set by hand", "message M { option «map_entry = true; }"),
  ed("OPTION_MISFIT", "editions have no option packed", "message M { repeated int32 a = 1 [«packed = true]; }"),
  ed("FEATURE_MISFIT", "a repeated field has no presence", "message M { repeated int32 a = 1 [«features.field_presence = EXPLICIT]; }"),
  ed(
    "FEATURE_MISFIT",
    "only a repeated field has a repeated encoding",
    "message M { int32 a = 1 [«features.repeated_field_encoding = PACKED]; }",
  ),
  ed(
    "FEATURE_MISFIT",
    "a list of string cannot be packed",
    "message M { repeated string a = 1 [«features.repeated_field_encoding = PACKED]; }",
  ),
  ed(
    "FEATURE_MISFIT",
    "a field of a oneof always has presence",
    "message M { oneof o { string a = 1 [«features.field_presence = IMPLICIT]; } }",
  ),
  ed("FEATURE_MISFIT", "only strings are validated", "message M { int32 a = 1 [«features.utf8_validation = NONE]; }"),
  ed("FEATURE_MISFIT", "only a message has a message encoding", "message M { int32 a = 1 [«features.message_encoding = DELIMITED]; }"),
  ed("FEATURE_MISFIT", "enum_type cannot be set on a field", "message M { int32 a = 1 [features.«enum_type = CLOSED]; }"),
  ed("FEATURE_MISFIT", "enum_type cannot be set on a message", "message M { option features.«enum_type = CLOSED; }"),
  p3("FEATURE_MISFIT", "proto3 has no features", "message M { int32 a = 1 [«features.field_presence = EXPLICIT]; }"),
  p3("FEATURE_MISFIT", "proto3 has no features", "option «features.field_presence = EXPLICIT;"),
  ours("NONE_REQUEST", "A takes zserver.None, which is never sent", "service S { rpc A(«zserver.None) returns (M); }"),
  ours("NONE_STREAM", "A is a stream without replies", "service S { rpc A(M) returns (stream «zserver.None); }"),
  ours("NONE_STREAM", "A is a stream without replies", "service S { rpc A(stream M) returns («zserver.None); }"),
  ours(
    "DEFERRED_NOT_UNARY",
    "A is deferred, but not a unary command",
    "service S { rpc A(M) returns (zserver.None) { option «(zserver.command) = { deferred: true }; } }",
  ),
  ours(
    "DEFERRED_NOT_UNARY",
    "A is deferred, but not a unary command",
    "service S { rpc A(M) returns (stream M) { option «(zserver.command).deferred = true; } }",
  ),
  ours(
    "VOLATILE_NOT_ONE_WAY",
    "A is volatile, but not a one-way command",
    "service S { rpc A(M) returns (M) { option «(zserver.command) = { delivery: VOLATILE }; } }",
  ),
  ours(
    "VOLATILE_NOT_ONE_WAY",
    "A is volatile, but not a one-way command",
    "service S { rpc A(stream M) returns (M) { option «(zserver.command).delivery = VOLATILE; } }",
  ),
  ours(
    "IDLE_NOT_STREAM",
    "A has an idle deadline, but no stream",
    "service S { rpc A(M) returns (M) { option «(zserver.command) = { idle_timeout_ms: 5 }; } }",
  ),
  blob("BLOB_FIELD", "photo is a zserver.Blob, which only a command takes or returns", "message A { «zserver.Blob photo = 1; }"),
  blob(
    "BLOB_FIELD",
    "photos is a zserver.Blob, which only a command takes or returns",
    "message A { map<string, «zserver.Blob> photos = 1; }",
  ),
  blob("BLOB_STREAM", "A streams zserver.Blob, which is a stream already", "service S { rpc A(stream «zserver.Blob) returns (M); }"),
  blob("BLOB_STREAM", "A streams zserver.Blob, which is a stream already", "service S { rpc A(M) returns (stream «zserver.Blob); }"),
  blob("BLOB_ONE_WAY", "A takes a blob and has no reply", "service S { rpc A(zserver.Blob) returns («zserver.None); }"),
  blob(
    "IN_LANE_NOT_BLOB",
    "A is in lane, but takes no blob",
    "service S { rpc A(M) returns (zserver.Blob) { option «(zserver.command).in_lane = true; } }",
  ),
  blob(
    "DEFERRED_NOT_UNARY",
    "A is deferred, but not a unary command",
    "service S { rpc A(zserver.Blob) returns (M) { option «(zserver.command).deferred = true; } }",
  ),
  blob(
    "COMPRESSED_BLOB",
    "A takes or gives a blob, whose parts travel as they are",
    "service S { rpc A(M) returns (zserver.Blob) { option «(zserver.command).compression = BROTLI; } }",
  ),
  secret("Login.password", password, "Login) returns (M"),
  secret("Login.password", password, "stream M) returns (stream Login"),
  secret("Request.login.password", `${password} message Request { Login login = 1; } message Reply {}`),
  secret("Request.logins.password", `${password} message Request { M m = 2; repeated Login logins = 1; } message Reply {}`),
  secret("Reply.logins.password", `${password} message Request {} message Reply { map<string, Login> logins = 1; }`),
  secret("Reply.login.password", `${password} message Request {} message Reply { oneof way { string name = 1; Login login = 2; } }`),
  secret(
    "Request.again.reply.token",
    "message Request { Again again = 1; } message Again { Request request = 1; Reply reply = 2; } message Reply { Again again = 2; bytes token = 1 [(zserver.field).secret = true]; }",
    "Request) returns (zserver.None",
  ),
  secret(
    "Request.of.key",
    "message Request { message Inner { map<string, bytes> key = 1 [(zserver.field).secret = true]; } Inner of = 1; }",
    "Request) returns (M",
  ),
  {
    ...p2(
      "COMPRESSED_SECRET",
      "A is compressed, and may hold the secret field Open.[Late.token]",
      'import "zserver/options.proto"; import "other.proto"; message Late { extend Open { optional string token = 4 [(zserver.field).secret = true]; } } service S { rpc A(Open) returns (Open) { option «(zserver.command).compression = BROTLI; } }',
    ),
    other: 'syntax = "proto2"; message Open { extensions 4; }',
    ours: true,
  },
  ours(
    "ERROR_UNRESOLVED",
    '"Nope" under errors is not a message',
    'service S { rpc A(M) returns (M) { option (zserver.command) = { errors: [«"Nope"] }; } }',
  ),
  ours(
    "ERROR_TWICE",
    ".M is twice under errors",
    'service S { rpc A(M) returns (M) { option (zserver.command) = { errors: ["M", «".M"] }; } }',
  ),
  ours(
    "VIEW_NOT_BYTES",
    "view is for singular fields of type bytes, not for a",
    "message N { string a = 1 [«(zserver.field).view = true]; }",
  ),
  ours(
    "VIEW_NOT_BYTES",
    "view is for singular fields of type bytes, not for a",
    "message N { repeated bytes a = 1 [«(zserver.field) = { view: true }]; }",
  ),
  with2("CLOSED_ENUM_IMPLICIT", "a has no presence, but E is a closed enum", "enum E { A = 0; }", "message M { «E a = 1; }"),
  with2("EXTENSION_PROTO3", "proto3 extends options only, not N", "message N { extensions 1; }", "extend «N { int32 a = 1; }"),
  with2("DUPLICATE_NAME", "a is already declared as a package, in test.proto", "message «a {}", "package a;"),
  with2("IMPORT_CYCLE", "the file imports itself: test.proto → other.proto → test.proto", 'import «"test.proto";', ""),
  p3("MESSAGE_SET", "proto3 has no message sets", "message M { option «message_set_wire_format = true; }"),
  p2(
    "MESSAGE_SET",
    "an extension of the message set M is an optional message",
    "message M { option message_set_wire_format = true; extensions 4; } extend M { optional «int32 a = 4; }",
  ),
  p3("NOT_A_TYPE", "E is an enum, not a message", "enum E { A = 0; } message M {} service S { rpc A(«E) returns (M); }"),
  p3("FIELD_NUMBER_RESERVED", "the number 9 is reserved", "message M { reserved 2, 9 to max, 4; int32 a = «9; }"),
  p3("SYNTAX", 'expected "]" to close the options, found ";"', "message M { int32 a = 1 [deprecated = true«; }"),
  p3("SYNTAX", 'expected a value, found ";"', "message M { option deprecated = «; }"),
  ed(
    "FEATURE_MISFIT",
    "a message always has presence",
    "option features.field_presence = EXPLICIT; message M { M a = 1 [«features.field_presence = IMPLICIT]; }",
  ),
  ed("FEATURE_MISFIT", "enforce_naming_style came with EDITION_2024", "option features.«enforce_naming_style = STYLE2024;"),
  ed(
    "DEFAULT_INVALID",
    "a field without presence has no default of its own",
    "message M { int32 a = 1 [features.field_presence = IMPLICIT, «default = 2]; }",
  ),
  ed(
    "CLOSED_ENUM_IMPLICIT",
    "a has no presence, but E is a closed enum",
    "enum E { option features.enum_type = CLOSED; A = 0; } message M { «E a = 1 [features.field_presence = IMPLICIT]; }",
  ),
  p3("SYNTAX", "a name follows a number directly", "option (a) = 1.5«f;"),
  p2("NUMBER_RANGE", "536870912 is out of range for a field number", "message M { extensions «4 to 536870912; }"),
  p2(
    "EXTENSION_DECLARATION",
    "the declaration of 5 is outside 4 to 4",
    'message M { extensions «4 [declaration = { number: 5 full_name: ".a" type: "int32" }]; }',
  ),
  p2(
    "EXTENSION_DECLARATION",
    "the declaration of 4 lacks full_name or type",
    'message M { extensions «4 [declaration = { number: 4 full_name: ".a" }]; }',
  ),
  p2(
    "EXTENSION_DECLARATION",
    "the extended message does not declare 4 as b of type int32",
    'message M { extensions 4 [declaration = { number: 4 full_name: ".a" type: "int32" }]; } extend M { optional int32 b = «4; }',
  ),
  ed(
    "OPTION_MISFIT",
    "lazy is for messages that are not delimited",
    "message M { M a = 1 [features.message_encoding = DELIMITED, «lazy = true]; }",
  ),
  ed(
    "FEATURE_MISFIT",
    "an extension always has presence",
    "message M { extensions 1; } extend M { int32 a = 1 [«features.field_presence = EXPLICIT]; }",
  ),
  p3("NOT_A_TYPE", "M is a method, not a message", "message M {} service S { rpc M(«M) returns (.M); }"),
  p3("SYNTAX", "a package's name begins with a dot", "package «.a;"),
  p2(
    "OPTION_VALUE",
    "e takes a value of E",
    `${fieldOption} { optional O o = 50000; } enum E { A = 1; } message O { optional E e = 1; optional int32 a = 2 [(o) = { e: «3 }]; }`,
  ),
  p3(
    "OPTION_VALUE",
    "[type..googleapis.com/M] does not name the type of an Any",
    `${fieldOption} { google.protobuf.Any y = 50000; } import "google/protobuf/any.proto"; message M { int32 a = 1 [(y) = { [«type..googleapis.com/M] {} }]; }`,
  ),
  p2(
    "OPTION_VALUE",
    "O lacks its required field r",
    `${fieldOption} { optional O o = 50000; } message O { required int32 r = 1; optional int32 s = 2 [(o) = «{ s: 1 }]; }`,
  ),
  p3("OPTION_VALUE", "s takes a number", `${fieldOption} { O o = 50000; } message O { double s = 1; int32 z = 2 [(o) = { s: «0x10 }]; }`),
  p3("OPTION_UNKNOWN", "there is no option uninterpreted_option here", "option «uninterpreted_option = {};"),
  ed(
    "OPTION_VALUE",
    "field_presence takes a value of google.protobuf.FeatureSet.FieldPresence",
    "option features.field_presence = «FIELD_PRESENCE_UNKNOWN;",
  ),
  ed("FEATURE_MISFIT", "fields cannot be required by default", "option «features.field_presence = LEGACY_REQUIRED;"),
  ed("OPTION_MISFIT", "editions have no option java_string_check_utf8", "option «java_string_check_utf8 = true;"),
  p3("JSON_NAME_INVALID", "json_name is set twice", 'message M { int32 a = 1 [json_name = "x", «json_name = "y"]; }'),
  p3("SYNTAX", "expected a number, found a string", 'message M { reserved 2, «"x"; }'),
  p2(
    "DEFAULT_INVALID",
    "the default of a is not an integer between 0 and 4294967295",
    "message M { optional uint32 a = 1 [default = «-0]; }",
  ),
  p2("SYNTAX", "extend M declares nothing", "message M { extend «M {} }"),
  p3("ENUM_ALIAS_UNUSED", "E says allow_alias = false, which is the default", "enum E { option «allow_alias = false; A = 0; }"),
];
