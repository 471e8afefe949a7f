import { concatBytes } from "../../bytes/concat.ts";
import { equalBytes } from "../../crypto/equal.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import type { RandomSource } from "../../crypto/random.ts";

/** Tickets in a window, each of which has a bit: 16 KiB. When they are out, the next window begins early. */
const WINDOW_TICKETS = 131_072;
/** Windows whose tickets are honoured. The oldest is forgotten when another begins. */
const WINDOWS = 8;
const SERIAL_BYTES = 8;
const MAC_BYTES = 16;
const label: Uint8Array = /* @__PURE__ */ new TextEncoder().encode("zserver ticket");

interface Window {
  readonly number: number;
  readonly beganAt: number;
  issued: number;
  /** Which of its tickets were shown. */
  readonly shown: Uint8Array;
}

export interface TicketsOptions {
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  /** Milliseconds on a monotonic scale. */
  readonly now: () => number;
  /** How long a ticket is honoured, in milliseconds; some are up to an eighth longer. */
  readonly lifetimeMs: number;
  /** Tickets in a window, a multiple of 8. Default 131,072. */
  readonly perWindow?: number | undefined;
}

/**
 * Tickets that a server gives to its clients, and honours once each: a serial number and a MAC under a key that nobody else has. One hash checks
 * a ticket; what was shown is remembered in bits, in a bounded number of windows.
 */
export class Tickets {
  readonly #options: TicketsOptions;
  readonly #key: Uint8Array;
  #windows: Window[] = [];
  #next = 0;
  readonly #perWindow: number;

  constructor(options: TicketsOptions) {
    this.#options = options;
    this.#perWindow = options.perWindow ?? WINDOW_TICKETS;
    this.#key = options.random(32);
  }

  issue(): Uint8Array {
    const window = this.#present();
    const serial = new Uint8Array(SERIAL_BYTES);
    new DataView(serial.buffer).setUint32(0, window.number);
    new DataView(serial.buffer).setUint32(4, window.issued++);
    return concatBytes(serial, this.#mac(serial));
  }

  /** Whether this is a ticket of this server that is not too old and was not shown before. From here on it was. */
  redeem(ticket: Uint8Array): boolean {
    if (ticket.length !== SERIAL_BYTES + MAC_BYTES) return false;
    const serial = ticket.slice(0, SERIAL_BYTES);
    if (!equalBytes(this.#mac(serial), ticket.subarray(SERIAL_BYTES))) return false;
    const view = new DataView(serial.buffer);
    this.#forgetOld();
    const window = this.#windows.find(({ number }) => number === view.getUint32(0));
    if (window === undefined) return false;
    const index = view.getUint32(4);
    const bit = 1 << (index & 7);
    const before = window.shown[index >>> 3]!;
    window.shown[index >>> 3] = before | bit;
    return (before & bit) === 0;
  }

  #mac(serial: Uint8Array): Uint8Array {
    return this.#options.crypto.hmacSha256(this.#key, concatBytes(label, serial)).slice(0, MAC_BYTES);
  }

  /** The window of a ticket that is issued now. */
  #present(): Window {
    const { now, lifetimeMs } = this.#options;
    const last = this.#windows.at(-1);
    if (last !== undefined && last.issued < this.#perWindow && now() - last.beganAt < lifetimeMs / WINDOWS) return last;
    this.#forgetOld();
    const window: Window = { number: this.#next++, beganAt: now(), issued: 0, shown: new Uint8Array(this.#perWindow / 8) };
    this.#windows = [...this.#windows.slice(1 - WINDOWS), window];
    return window;
  }

  #forgetOld(): void {
    const { now, lifetimeMs } = this.#options;
    this.#windows = this.#windows.filter(({ beganAt }) => now() - beganAt < lifetimeMs + lifetimeMs / WINDOWS);
  }
}
