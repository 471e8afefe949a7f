/** Bytes of a KiB and of a MiB. */
export const KIB = 1_024;
export const MIB: number = KIB * KIB;

/** Millions of bytes a second, which is what the wire's makers count in. */
export function megabytesASecond(bytes: number, milliseconds: number): number {
  return bytes / 1_000 / milliseconds;
}
