import { Pacer } from "../../../runtime/session/pacer.ts";

/** Has every path take so few bytes at a time, in pieces of so many, until the returned function is called. What is sent is cut everywhere then. */
export function narrow(windowBytes: number, pieceBytes: number): () => void {
  const { prototype } = Pacer;
  const window = Object.getOwnPropertyDescriptor(prototype, "window")!;
  const piece = Object.getOwnPropertyDescriptor(prototype, "piece")!;
  Object.defineProperty(prototype, "window", { configurable: true, get: () => windowBytes });
  Object.defineProperty(prototype, "piece", { configurable: true, get: () => pieceBytes });
  return () => {
    Object.defineProperty(prototype, "window", window);
    Object.defineProperty(prototype, "piece", piece);
  };
}
