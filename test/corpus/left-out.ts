/** Files of google-proto-files 5.0.3 that code is not generated for, and why. protoc 36.2 refuses those of the first two groups too. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  "imports a file that the package does not have": [
    "google/protobuf/compiler/ruby/ruby_generated_code.proto",
    "google/protobuf/compiler/ruby/ruby_generated_code_proto2.proto",
    "google/protobuf/util/json_format_proto3.proto",
  ],
  "declares the same names as ruby_generated_pkg_explicit.proto beside it": [
    "google/protobuf/compiler/ruby/ruby_generated_pkg_implicit.proto",
  ],
  "is written in edition 2024 or 2026": [
    "google/protobuf/cpp_file_options.proto",
    "google/protobuf/cpp_options.proto",
    "google/protobuf/internal_options.proto",
    "google/protobuf/json/json_enumval_custom_string.proto",
    "google/protobuf/json_enumvalue_options.proto",
    "google/protobuf/json_options.proto",
    "google/protobuf/late_loaded_option.proto",
    "google/protobuf/late_loaded_option_user.proto",
    "google/protobuf/sample_messages_edition.proto",
    "google/protobuf/test_protos/forced_micro_string.proto",
    "google/protobuf/test_protos/proto_with_many_options.proto",
    "google/protobuf/test_protos/repeated_field_proxy_import_message.proto",
  ],
};

export const leftOut: readonly string[] = Object.values(reasons).flat();

export function describeLeftOut(): string {
  return Object.entries(reasons)
    .map(([why, files]) => `  ${files.length} left out: ${why}`)
    .join("\n");
}
