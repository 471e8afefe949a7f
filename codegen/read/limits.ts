/** What a schema may cost to read. Each is far above what people write and protoc's own bound where it has one. */
export const readLimits: {
  readonly fileLength: number;
  readonly files: number;
  readonly messageDepth: number;
  readonly valueDepth: number;
  readonly diagnostics: number;
} = {
  /** Bytes of UTF-16 text of one file; generated schemas of the largest public APIs stay below 1 MiB. */
  fileLength: 16 * 1024 * 1024,
  /** Files of one schema, imports included. */
  files: 100_000,
  /** Messages within messages; protoc's bound. */
  messageDepth: 31,
  /** Braces and brackets within one option value. */
  valueDepth: 64,
  /** Diagnostics of one run; more than that is one mistake seen many times. */
  diagnostics: 1_000,
};
