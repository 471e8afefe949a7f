/** What stands in the files that come with zgen and that schemas import, by file. */
const names: Readonly<Record<string, readonly string[]>> = {
  "zserver/options.proto": ["zserver.None", "zserver.service", "zserver.command", "zserver.message", "zserver.field"],
  "zserver/blob.proto": ["zserver.Blob", "zserver.BlobRef", "zserver.BlobFailure"],
  "google/protobuf/any.proto": ["google.protobuf.Any"],
  "google/protobuf/duration.proto": ["google.protobuf.Duration"],
  "google/protobuf/empty.proto": ["google.protobuf.Empty"],
  "google/protobuf/field_mask.proto": ["google.protobuf.FieldMask"],
  "google/protobuf/struct.proto": ["Struct", "Value", "ListValue", "NullValue"].map((name) => `google.protobuf.${name}`),
  "google/protobuf/timestamp.proto": ["google.protobuf.Timestamp"],
  "google/protobuf/wrappers.proto": ["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"].map(
    (name) => `google.protobuf.${name}Value`,
  ),
};

const fileOf: ReadonlyMap<string, string> = new Map(
  Object.entries(names).flatMap(([file, declared]) => declared.map((name) => [name, file] as const)),
);

/** The names whose file is known without reading it. */
export const packagedNames: readonly string[] = [...fileOf.keys()];

/** The file that comes with zgen and declares this name, as it is written in a schema; undefined for every other name. */
export function packagedFileOf(name: string): string | undefined {
  return fileOf.get(name.startsWith(".") ? name.slice(1) : name);
}
