/** Schemas on the edge of what is allowed, which protoc takes and zgen must take too. */
export const validSchemas: Readonly<Record<string, string>> = {
  "no syntax at all is proto2": "message M { optional int32 a = 1; }",
  "empty statements": 'syntax = "proto3";;; message M { ; } service S { ; rpc A(M) returns (M) { ; } } enum E { ; A = 0; ; }',
  "keywords as names":
    'syntax = "proto3"; message message { int32 message = 1; string option = 2; int32 reserved = 3; int32 oneof = 4; int32 optional = 6; int32 to = 7; int32 max = 8; message package { package enum = 1; } rpc.stream s = 9; } message rpc { message stream {} } service service { rpc rpc(message) returns (stream message); }',
  "names of Object.prototype":
    'syntax = "proto3"; package __proto__.constructor; message toString { int32 __proto__ = 1; int32 hasOwnProperty = 2; valueOf v = 3; } enum valueOf { __proto__ = 0; isPrototypeOf = 1; } message __proto__Message { .__proto__.constructor.toString constructor = 1; }',
  "a message named __proto__": 'syntax = "proto3"; message __proto__ { __proto__ __proto__ = 1; map<string, __proto__> m = 2; }',
  "adjacent strings and spaces in names":
    'syntax = "pro" \'to3\'; package a . b; message M { a . b . M x = 1; map < string , .a.b.M > y = 2; } option java_package = "a" "b";',
  "literals of proto2":
    'syntax = "proto2"; message M { optional float a = 1 [default = 1.5]; optional double b = 0x2 [default = .5]; optional double c = 03 [default = -inf]; optional double n = 13 [default = -nan]; optional int64 d = 4 [default = -0x8000000000000000]; optional uint64 f = 6 [default = 18446744073709551615]; optional bytes e = 5 [default = "\\xff\\001a\\n\\?"]; optional string g = 7 [default = "\\u00e4\\U0001F600"]; optional double h = 8 [default = 1e+3]; optional float i = 9 [default = 123456789012345678901234567890.]; optional bool j = 10 [default = true]; }',
  "groups of proto2":
    'syntax = "proto2"; message M { extensions 100 to max; repeated group Foo = 2 { optional int32 x = 1; } oneof o { group Bar = 3 { optional group Baz = 1 {} } } } extend M { optional group Qux = 100 { optional int32 a = 1; } }',
  "a message beside a group of its name":
    'syntax = "proto2"; message Foo {} message M { optional group Foo = 1 {} optional .Foo foo2 = 2; }',
  "extension ranges with options":
    'syntax = "proto2"; message M { extensions 100 to 200 [declaration = { number: 100 full_name: ".ext" type: "int32" }, declaration = { number: 101 reserved: true }, verification = DECLARATION]; extensions 300, 500 to max; } extend M { optional int32 ext = 100; }',
  "reserved things":
    'syntax = "proto2"; message M { reserved 1, 3 to 5; reserved "a", "b" "c"; } enum E { A = -1; reserved -10 to -5, 40 to max; reserved "Q"; }',
  "text format whole":
    'syntax = "proto3"; import "google/protobuf/descriptor.proto"; import "google/protobuf/any.proto"; extend google.protobuf.MessageOptions { O o = 50000; repeated O os = 50001; } message O { int32 a = 1; repeated int32 b = 2; string c = 3; O d = 4; repeated O e = 5; bool f = 6; double g = 7; E h = 8; bytes i = 9; map<string, int32> j = 10; google.protobuf.Any k = 11; uint64 l = 12; float m = 13; } enum E { X = 0; Y = 1; } message M { option (o) = { a: 1, b: [1, 2]; b: 3 c: "a" \'b\' d < a: -2 > e { a: 1 } e: [{ a: 2 }, < a: 3 >] f: t g: -inf h: Y i: "\\xff" j { key: "x" value: 3 } j: [{ key: "y" }] k { [type.googleapis.com/O] { a: 5 } } l: 18446744073709551615 m: nan }; option (os) = { h: 1 f: 1 }; option (os) = { h: 7 }; option (os) = {}; }',
  "a comment to the last character": 'syntax = "proto3"; message M {} // end',
  "options by parts":
    'syntax = "proto3"; package p; import "google/protobuf/descriptor.proto"; message O { message I { int32 x = 1; int32 y = 2; } I i = 1; repeated int32 r = 2; } extend google.protobuf.FieldOptions { O o = 50000; } message M { int32 a = 1 [(o).i.x = 1, (p.o).i.y = 2, (.p.o).r = 3, (o).r = 4, deprecated = true]; }',
  "an extension inside the message that uses it":
    'syntax = "proto2"; import "google/protobuf/descriptor.proto"; message M { extend google.protobuf.MessageOptions { optional int32 x = 50000; } option (M.x) = 1; }',
  "a message set":
    'syntax = "proto2"; message S { option message_set_wire_format = true; extensions 4 to max; } message M { extend S { optional M m = 1000000000; } }',
  "JSON names that meet before proto3": 'syntax = "proto2"; message M { optional int32 foo_bar = 1; optional int32 fooBar = 2; }',
  "a JSON name chosen to stay apart": 'syntax = "proto3"; message M { int32 a = 1 [json_name = "b"]; int32 c = 2 [json_name = "a"]; }',
  "enum aliases": 'syntax = "proto3"; enum E { option allow_alias = true; A = 0; B = 0; C = -1; D = 2147483647; F = -2147483648; }',
  "a closed enum with presence": 'syntax = "proto2"; enum E { A = 5; } message M { optional E e = 1 [default = A]; repeated E f = 2; }',
  "edition 2023":
    'edition = "2023"; package x; import "google/protobuf/cpp_features.proto"; option features.field_presence = IMPLICIT; option features.(pb.cpp).string_type = VIEW; message M { reserved foo, bar; int32 a = 1; M m = 2 [features.message_encoding = DELIMITED]; string s = 3 [features.utf8_validation = NONE]; repeated int32 r = 4 [features.repeated_field_encoding = EXPANDED]; int32 q = 5 [features.field_presence = LEGACY_REQUIRED]; message N { oneof o { int32 z = 1; } } } enum E { option features.enum_type = CLOSED; A = 3; reserved B; }',
  "map keys of every kind":
    'syntax = "proto3"; message M { map<int32, M> a = 1; map<int64, M> b = 2; map<uint32, M> c = 3; map<uint64, M> d = 4; map<sint32, M> e = 5; map<sint64, M> f = 6; map<fixed32, M> g = 7; map<fixed64, M> h = 8; map<sfixed32, M> i = 9; map<sfixed64, M> j = 10; map<bool, M> k = 11; map<string, bytes> l = 12; }',
  "optional in proto3":
    'syntax = "proto3"; message M { optional int32 a = 1; optional M b = 2; int32 c = 3; oneof o { int32 d = 4; } repeated int32 e = 5 [packed = false]; }',
  "names shadowed by inner scopes":
    'syntax = "proto3"; package a.b; message M { message N {} N n = 1; .a.b.N o = 2; b.N p = 3; int32 N2 = 4; } message N {} enum K { V = 0; }',
  "the largest numbers": 'syntax = "proto3"; message M { int32 a = 536870911; int32 b = 18999; int32 c = 20000; }',
  "a byte order mark": '\uFEFFsyntax = "proto3"; message M {}',
  "a compressed command beside a secret that it cannot reach":
    'syntax = "proto3"; import "zserver/options.proto"; message M { M m = 1; } message Login { M m = 1; bytes key = 2 [(zserver.field).secret = true]; } service S { rpc A(M) returns (stream M) { option (zserver.command) = { compression: DEFLATE, errors: "Login" }; } rpc B(Login) returns (Login) { option (zserver.command).compression = COMPRESSION_UNSPECIFIED; } }',
  "zserver's options":
    'syntax = "proto3"; import "zserver/options.proto"; message M { bytes b = 1 [(zserver.field) = { view: true }]; option (zserver.message).max_elements = 5; } service S { option (zserver.service) = { side: BOTH ordered: true }; rpc A(M) returns (zserver.None); rpc B(M) returns (M) { option (zserver.command) = { errors: "M" deferred: true }; option idempotency_level = IDEMPOTENT; } }',
  "JSON names that may meet":
    'syntax = "proto3"; message M { option deprecated_legacy_json_field_conflicts = true; int32 a_b = 1; int32 aB = 2; }',
};
