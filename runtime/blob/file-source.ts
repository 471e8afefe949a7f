import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { checkOptions } from "../errors/options.ts";
import type { DescribedBlob } from "./source.ts";

/** What the receiver of a file is told of it. */
export interface FileSourceOptions {
  /** Default: the file's own, without its folders. */
  readonly name?: string | undefined;
  /** A media type. Default: none is said. */
  readonly contentType?: string | undefined;
}

/** A file as a blob to send. It is opened when it is sent, and must have the same size then. Rejects with the system's error when there is no such file. */
export async function fileSource(file: string, options: FileSourceOptions = {}): Promise<DescribedBlob> {
  checkOptions("fileSource", options, ["name", "contentType"]);
  const { name = path.basename(file), contentType } = options;
  const { size } = await stat(file);
  return { name, contentType, size, body: { [Symbol.asyncIterator]: () => createReadStream(file)[Symbol.asyncIterator]() } };
}
