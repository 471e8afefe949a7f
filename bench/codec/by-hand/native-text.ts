/** What Node's Buffer offers beyond the standard. */
export interface NativeText {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Write(this: Uint8Array, text: string, position: number, length: number): number;
  utf8Write(this: Uint8Array, text: string, position: number, length: number): number;
}
