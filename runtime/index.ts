/**
 * zserver for Node. Three tiers: what every program uses, what some need, and the seams that experts fill in. Everything else is internal.
 */
import { PlainChannel } from "./channel/plain-channel.ts";
import { type Client, type ClientPlatform, type ConnectOptions, connectOn } from "./client.ts";
import { boundMessages } from "./command/bounded-messages.ts";
import { checkHandlers } from "./command/check-handlers.ts";
import { makeCompression } from "./command/compression.ts";
import { checkIdentity } from "./crypto/check-identity.ts";
import { nativeCrypto } from "./crypto/native.ts";
import { Resolver } from "./discovery/resolver.ts";
import { SearchTurns } from "./discovery/search-turns.ts";
import { systemClock } from "./time/system-clock.ts";
import { timersOf } from "./time/timers-of.ts";
import { dial } from "./transport/dial-node.ts";
import { lookup } from "./transport/lookup-node.ts";

const platform: ClientPlatform = {
  crypto: nativeCrypto,
  dial,
  takeTurn: new SearchTurns(timersOf(systemClock), systemClock.endOfTurn).take,
  resolution: (options) => new Resolver({ lookup, ...options }),
  plainChannel: (options, events) => new PlainChannel(options, events),
  boundMessages: boundMessages(),
  makeCompression,
};

/** Connects to a server. Rejects with EndError when no session comes about, TypeError for impossible options. */
export async function connect<Data = unknown>(options: ConnectOptions<Data>): Promise<Client<Data>> {
  checkHandlers("connect", options.handlers);
  checkIdentity("connect", options.identity);
  return connectOn(platform, options);
}

export { type FileSourceOptions, fileSource } from "./blob/file-source.ts";
export { type SaveOptions, saveBlob } from "./blob/save-blob.ts";
export { type SpoolOptions, spoolBlob } from "./blob/spool-blob.ts";
// Experts: the native primitives; see also `crypto` in the options.
export { type NativeCryptoOptions, nativeCrypto } from "./crypto/native.ts";
export { createIdentity, loadIdentity, parseIdentity } from "./keys.ts";
export * from "./public.ts";
export type { ReleasedSchema, ReleasedService } from "./schema/released-schema.ts";
export type { Admission, AdmissionReason, AdmissionSession, Admit, ReceivedCredentials } from "./server/admission-types.ts";
export type { DoorOptions } from "./server/door/door-options.ts";
export type { DeprecatedUse } from "./server/schema/deprecated-uses.ts";
export type {
  Audience,
  Broadcast,
  BroadcastCallOptions,
  BroadcastOptions,
  BroadcastResult,
  EntrancesInit,
  Group,
  MoveOptions,
  MoveResult,
  MoveToOptions,
  SetEntrancesOptions,
} from "./server.ts";
// Every program.
export {
  type HandoverStats,
  type OverloadOptions,
  type ServeOptions,
  type Server,
  type ServerStats,
  type ServerStatus,
  serve,
} from "./server.ts";
export { type DiskStagingOptions, offerStaging } from "./staging/offer-staging.ts";
export type { TlsServerOptions } from "./transport/tls-options.ts";
export type { TrustProxyOptions } from "./transport/trusted-proxies.ts";
export type { AttachedServer } from "./transport/websocket-server.ts";
