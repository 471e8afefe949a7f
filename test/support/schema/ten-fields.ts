/** The types of a message of ten fields, as messages usually are; one is another message, Unit. */
export const tenFieldTypes: readonly string[] = [
  "string",
  "uint32",
  "uint64",
  "bool",
  "double",
  "bytes",
  "repeated string",
  "repeated uint32",
  "Unit",
  "map<string, uint32>",
];
