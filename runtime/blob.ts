/** `zserver/blob`: what generated code needs of commands that take or return blobs, apart from the rest, so that a program without blobs carries none of it. Free of Node imports. */
export { type BlobCommandType, callBlob, givesBlob, takesAndGivesBlob, takesBlob } from "./blob/blob-command.ts";
export { IncomingBlob } from "./blob/incoming-blob.ts";
export type { BlobCallOptions, BlobProgress } from "./blob/options.ts";
export type { ReadWholeOptions } from "./blob/readable-blob.ts";
export type { BlobBody, BlobLike, BlobSource, ByteStream, ByteStreamReader, DescribedBlob } from "./blob/source.ts";
