/** Schemas with everything that a field can be, as .proto text: protobufjs reads the same files and is the other side of cross-decoding. */
import type { Schema } from "../../../codegen/model/schema.ts";
import { readSchema } from "../../../codegen/read/read.ts";

export const scalarTypes = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
] as const;

const each = (line: (type: string, number: number) => string): string => scalarTypes.map((type, i) => line(type, i + 1)).join("\n  ");

const proto3 = `syntax = "proto3";
package kit.three;
import "kit/leaf.proto";
import "zserver/options.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";

enum Color { RED = 0; GREEN = 1; NEGATIVE = -1; }

message Scalars {
  ${each((type, n) => `${type} the_${type} = ${n};`)}
  Color color = 16;
}
message Present {
  ${each((type, n) => `optional ${type} the_${type} = ${n};`)}
  optional Color color = 16;
  kit.Leaf leaf = 18;
  Present self = 20;
}
message Lists {
  ${each((type, n) => `repeated ${type} the_${type} = ${n};`)}
  repeated Color color = 16;
  repeated kit.Leaf leaf = 18;
  repeated sint64 loose = 20 [packed = false];
}
message Maps {
  map<string, kit.Leaf> by_string = 1;
  map<int64, double> by_int64 = 2;
  map<bool, Color> by_bool = 3;
  map<fixed32, bytes> by_fixed32 = 4;
  map<sint32, string> by_sint32 = 5;
}
message Keys {
  ${each((type, n) => (["double", "float", "bytes"].includes(type) ? "" : `map<${type}, string> by_${type} = ${n};`))}
}
message Choices {
  string before = 5;
  oneof choice {
    string text = 10;
    int32 number = 1;
    kit.Leaf leaf = 11;
    bytes blob = 14;
    Color color = 15;
  }
  oneof last_word { uint64 after = 20; }
}
message WellKnown {
  google.protobuf.Timestamp at = 1;
  google.protobuf.StringValue text = 2;
  google.protobuf.Int64Value number = 3;
  google.protobuf.BytesValue blob = 4;
  google.protobuf.Value any_value = 5;
  repeated google.protobuf.BoolValue flags = 6;
}
message Views {
  bytes owned = 1;
  bytes borrowed = 2 [(zserver.field) = { view: true }];
}
message Bounded {
  option (zserver.message) = { max_elements: 3 };
  repeated int32 numbers = 1;
}
message Empty {}

// Every kind of command.
service Kit {
  rpc Unary(kit.Leaf) returns (Maps);
  rpc OneWay(kit.Leaf) returns (zserver.None);
  rpc Down(kit.Leaf) returns (stream Maps);
  rpc Up(stream kit.Leaf) returns (Maps);
  rpc Both(stream kit.Leaf) returns (stream Maps);
  rpc Later(kit.Leaf) returns (Maps) {
    option (zserver.command) = { deferred: true, ordered: true, timeout_ms: 9, errors: ["Empty", "kit.Leaf"] };
  }
}
`;

const leaf = `syntax = "proto3";
package kit;
// A part of others, and of itself.
message Leaf {
  string label = 1;
  repeated int32 numbers = 2;
  Leaf leaf = 3;
}
`;

const proto2 = `syntax = "proto2";
package kit.two;
import "kit/leaf.proto";

enum State { ON = 1; OFF = 2; }
enum Power { LOW = 0; HIGH = 1; }

message Old {
  required int64 id = 1;
  required State state = 2;
  required kit.Leaf leaf = 3;
  optional int32 size = 4 [default = 41];
  optional bool far = 536870911;
}
message Test {
  optional int32 int = 1 [default = -5];
  optional fixed64 long = 2 [default = 9223372036854775807];
  optional float real = 3 [default = -inf];
  optional double zero = 4 [default = -0.0];
  optional string text = 5 [default = "\\"*/\\xe2\\x80\\xa8"];
  optional bytes bytes = 6 [default = "\\000\\xff"];
  optional State state = 7 [default = OFF];
  optional bool flag = 8 [default = true];
  oneof choice { int32 chosen = 9 [default = 3]; }
}
message Closed {
  optional State one = 1;
  repeated State loose = 2;
  repeated State packed = 3 [packed = true];
  map<int32, Power> by_number = 4;
  oneof choice { State chosen = 5; string text = 6; }
}
message Groups {
  optional group Part = 1 {
    optional string name = 1;
    optional Groups inner = 2;
  }
  repeated group Item = 3 {
    optional int32 id = 4;
  }
}
message GroupChoice {
  oneof choice {
    group Chosen = 5 { optional sint32 value = 6; }
    string text = 7;
  }
}
`;

const edition2023 = `edition = "2023";
package kit.later;
import "kit/leaf.proto";
option features.repeated_field_encoding = EXPANDED;
option features.message_encoding = DELIMITED;

enum Open { NONE = 0; SOME = 1; }
enum Shut { option features.enum_type = CLOSED; ZERO = 0; TWO = 2; }

message Edition {
  int32 explicit = 1;
  int32 implicit = 2 [features.field_presence = IMPLICIT];
  string needed = 3 [features.field_presence = LEGACY_REQUIRED];
  repeated sint32 loose = 4;
  repeated sint32 tight = 5 [features.repeated_field_encoding = PACKED];
  Edition.Part part = 6;
  repeated Part parts = 7;
  kit.Leaf leaf = 8 [features.message_encoding = LENGTH_PREFIXED];
  Open open = 9;
  Shut shut = 10;
  repeated Shut shuts = 11 [features.repeated_field_encoding = PACKED];
  map<bool, Shut> by_bool = 12;
  message Part {
    string name = 1;
    Part inner = 2 [features.message_encoding = LENGTH_PREFIXED];
    Edition outer = 3;
  }
  map<string, Part> by_name = 13;
  oneof choice { Part chosen = 14; kit.Leaf picked = 15; }
}
`;

export const kitchenFiles: Readonly<Record<string, string>> = {
  "kit/leaf.proto": leaf,
  "kit/three.proto": proto3,
  "kit/two.proto": proto2,
  "kit/later.proto": edition2023,
};

/** The model of some files given as text. Throws what the reader finds wrong. */
export function modelOf(files: Readonly<Record<string, string>>): Schema {
  const result = readSchema({ files: Object.keys(files), roots: [""], readFile: (path) => files[path] });
  if (result.schema === undefined) throw new Error(JSON.stringify(result.diagnostics, undefined, 2));
  return result.schema;
}
