import { checkCounts } from "../../common-options.ts";
import { checkOptions } from "../../errors/options.ts";

/** What a file service bears. */
export interface FilesLimits {
  /** The most uploads that are open at once. Default 1,024: each has two files, and its journal in memory. */
  readonly openUploads: number;
  /** The most of them that one principal may have; all anonymous clients are one. Default 16. */
  readonly uploadsPerPrincipal: number;
  /** How long an upload is kept that nobody writes to, in milliseconds. Default 86,400,000: a day. */
  readonly uploadAgeMs: number;
  /** The most ranges that are read or hashed at once, whole files at their commit included. Default 256: each has a handle and a buffer of 256 KiB. */
  readonly parallelReads: number;
  /** The most of them for one principal. Default 32. */
  readonly readsPerPrincipal: number;
  /** The most ranges that are written at once, as many for one principal as it may read. Default 256. */
  readonly parallelWrites: number;
  /** Bytes of one range of an upload: what travels again after a mishap. Default 8 MiB; large files have larger ones, 65,536 at most. */
  readonly rangeBytes: number;
  /** The most bytes of one range that is read at once. Default 4 GiB: 65,536 of them are 256 TiB. */
  readonly readBytes: number;
  /** The most entries of a folder that is listed: they are sorted in memory. Default 100,000. */
  readonly listEntries: number;
}

/** The limits of a file service that states none. */
export const defaultFilesLimits: FilesLimits = {
  openUploads: 1_024,
  uploadsPerPrincipal: 16,
  uploadAgeMs: 86_400_000,
  parallelReads: 256,
  readsPerPrincipal: 32,
  parallelWrites: 256,
  rangeBytes: 8_388_608,
  readBytes: 4_294_967_296,
  listEntries: 100_000,
};

/** The limits that were asked for, the others at their defaults. Throws TypeError for unknown names and values that are not counts. */
export function resolveFilesLimits(limits: Partial<FilesLimits> = {}): FilesLimits {
  checkOptions("limits", limits, Object.keys(defaultFilesLimits));
  const given: Partial<FilesLimits> = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  checkCounts(given, Object.keys(defaultFilesLimits) as (keyof FilesLimits)[]);
  return { ...defaultFilesLimits, ...given };
}
