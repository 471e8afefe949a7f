import { checkOptions } from "../errors/options.ts";
import { defaultHandshakeTimeoutMs, defaultRotateAfterBytes, defaultRotateAfterMs, MIN_OVERDUE_BYTES } from "./limits.ts";
import type { ChannelOptions, DialerOptions, ListenerOptions } from "./options.ts";

/** The numbers among a channel's options, defaults filled in. */
export interface ChannelSettings {
  readonly handshakeTimeoutMs: number;
  readonly rotateAfterBytes: number;
  readonly rotationOverdueBytes: number;
  /** Undefined on a listener: time is the dialler's to watch, which sees the same traffic. */
  readonly rotateAfterMs: number | undefined;
}

const common: readonly string[] = ["crypto", "random", "timers", "handshakeTimeoutMs", "rotateAfterBytes", "rotationOverdueBytes"];

/** Throws TypeError for unknown options and impossible values. */
export function dialerSettings(options: DialerOptions): ChannelSettings {
  return resolve(
    "DialerChannel",
    options,
    ["server", "ticket", "route", "clientKey", "rotateAfterMs", "wallNow"],
    options.rotateAfterMs ?? defaultRotateAfterMs,
  );
}

/** Throws TypeError for unknown options and impossible values. */
export function listenerSettings(options: ListenerOptions): ChannelSettings {
  const known = checked.get(options);
  if (known !== undefined) return known;
  const settings = resolve("ListenerChannel", options, ["staticKeys", "limits", "suites"], undefined);
  checked.set(options, settings);
  return settings;
}

/** Those of options that were checked before: all channels of a server are made with the same. */
const checked = /* @__PURE__ */ new WeakMap<ListenerOptions, ChannelSettings>();

function resolve(where: string, options: ChannelOptions, further: readonly string[], rotateAfterMs: number | undefined): ChannelSettings {
  checkOptions(where, options, [...common, ...further]);
  const { handshakeTimeoutMs = defaultHandshakeTimeoutMs, rotateAfterBytes = defaultRotateAfterBytes } = options;
  const { rotationOverdueBytes = Math.max(2 * rotateAfterBytes, MIN_OVERDUE_BYTES) } = options;
  const settings = { handshakeTimeoutMs, rotateAfterBytes, rotationOverdueBytes, rotateAfterMs };
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) continue;
    throw new TypeError(`${where}: ${name} must be a whole number from 1 on, not ${value}`);
  }
  if (rotationOverdueBytes < rotateAfterBytes) throw new TypeError(`${where}: rotationOverdueBytes must not be below rotateAfterBytes`);
  return settings;
}
