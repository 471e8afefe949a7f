// `zserver/files`: files of a server, to read, write, list and keep in step. Node only.
export { fileService, type FileService, type FileServiceOptions } from "./files/server/service.ts";
export type { Authorize, FileAccess, FileAction } from "./files/server/access.ts";
export { defaultFilesLimits, type FilesLimits } from "./files/server/limits.ts";
export type { RootOptions } from "./files/server/root.ts";
export { download, type DownloadOptions, type Transferred } from "./files/client/download.ts";
export type { TransferOptions, TransferProgress } from "./files/client/options.ts";
export type { FilesSession } from "./files/client/session.ts";
export { sync, type Synced, type SyncOptions } from "./files/client/sync.ts";
export { upload, type UploadOptions } from "./files/client/upload.ts";
export {
  DigestMismatch,
  DiskFull,
  FileChanged,
  Files,
  type FileInfo,
  Kind,
  PathRefused,
  QuotaExceeded,
  UploadGone,
} from "../generated/zserver/files/v1/files.ts";
