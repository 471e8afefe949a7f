/**
 * zserver for Node. Three tiers: what every program uses, what some need, and the seams that experts fill in. Everything else is internal.
 */
import { PlainChannel } from "./channel/plain-channel.ts";
import { boundMessages } from "./command/bounded-messages.ts";
import { makeCompression } from "./command/compression.ts";
import { type Client, type ClientPlatform, type ConnectOptions, connectOn } from "./client.ts";
import { nativeCrypto } from "./crypto/native.ts";
import { dial } from "./transport/dial-node.ts";
import { Resolver } from "./discovery/resolver.ts";
import { lookup } from "./transport/lookup-node.ts";

const platform: ClientPlatform = {
  crypto: nativeCrypto,
  dial,
  resolution: (options) => new Resolver({ ...options, lookup }),
  plainChannel: (options, events) => new PlainChannel(options, events),
  boundMessages: boundMessages(),
  makeCompression,
};

/** Connects to a server. Rejects with EndError when no session comes about, TypeError for impossible options. */
export function connect<Data = unknown>(options: ConnectOptions<Data>): Promise<Client<Data>> {
  return connectOn(platform, options);
}

// Every program.
export { serve, type OverloadOptions, type ServeOptions, type Server, type ServerStats, type ServerStatus } from "./server.ts";
export type { Audience, Broadcast, BroadcastCallOptions, BroadcastOptions, BroadcastResult, Group } from "./server.ts";
export type { EntrancesInit, MoveOptions, MoveResult, MoveToOptions, SetEntrancesOptions } from "./server.ts";
export type { Admission, AdmissionReason, AdmissionSession, Admit, ReceivedCredentials } from "./server/admission-types.ts";
export { loadIdentity, parseIdentity, createIdentity } from "./keys.ts";
export { fileSource, type FileSourceOptions } from "./blob/file-source.ts";
export { saveBlob, type SaveOptions } from "./blob/save-blob.ts";
export { spoolBlob, type SpoolOptions } from "./blob/spool-blob.ts";
export { type DiskStagingOptions, offerStaging } from "./staging/offer-staging.ts";
export * from "./public.ts";
export type { DeprecatedUse } from "./server/schema/deprecated-uses.ts";
export type { ReleasedSchema, ReleasedService } from "./schema/released-schema.ts";
export type { DoorOptions } from "./server/door/door-options.ts";
export type { TlsServerOptions } from "./transport/tls-options.ts";
export type { TrustProxyOptions } from "./transport/trusted-proxies.ts";
export type { AttachedServer } from "./transport/websocket-server.ts";

// Experts: the native primitives; see also `crypto` in the options.
export { nativeCrypto, type NativeCryptoOptions } from "./crypto/native.ts";
