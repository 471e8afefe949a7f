/** Two lower-case digits a byte. */
export function toHex(bytes: Uint8Array): string {
  // In one piece: what is put together bit by bit stays in pieces, ten times as large, until somebody looks into it.
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The reverse of {@link toHex}, for text that this side wrote itself. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(2 * index, 2 * index + 2), 16));
}
