import type { TransferProgress } from "../../runtime/files.ts";
import type { Terminal } from "./terminal.ts";

/** From one word to the next, in milliseconds. */
const STEP_MS = 100;
/** Characters of the bar. */
const WIDTH = 20;

/** A bar that grows with what was transferred, on terminals that can take a line back. Of several files it shows the one that moved last, and the speed of all. */
export class TransferBar {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #began: number;
  readonly #files = new Map<string, { readonly first: number; last: number }>();
  #next: number;
  #shown = false;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#began = now();
    this.#next = this.#began + STEP_MS;
  }

  step({ path, bytes, size }: TransferProgress): void {
    const file = this.#files.get(path) ?? { first: bytes, last: bytes };
    file.last = bytes;
    this.#files.set(path, file);
    const now = this.#now();
    if (this.#terminal.status === undefined || now < this.#next) return;
    this.#next = now + STEP_MS;
    this.#shown = true;
    const part = size === 0 ? 1 : bytes / size;
    const full = Math.round(part * WIDTH);
    const speed = this.moved / ((now - this.#began) / 1_000);
    const bar = `${"█".repeat(full)}${"░".repeat(WIDTH - full)}`;
    this.#terminal.status(`${bar} ${Math.floor(part * 100)} %  ${byteText(bytes)} of ${byteText(size)}, ${byteText(speed)}/s  ${path}`);
  }

  /** Bytes that have travelled since it began. */
  get moved(): number {
    let sum = 0;
    for (const { first, last } of this.#files.values()) sum += last - first;
    return sum;
  }

  /** Seconds since it began. */
  get seconds(): number {
    return (this.#now() - this.#began) / 1_000;
  }

  /** Takes back what was shown. */
  end(): void {
    if (this.#shown) this.#terminal.status?.("");
    this.#shown = false;
  }
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Bytes as people read them: 1.5 MiB. */
export function byteText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1_024 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}
