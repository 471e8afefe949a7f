/// <reference lib="esnext.disposable" preserve="true" />
// What both entries export. Sessions are disposable: projects whose `lib` is older than that get it from the line above.

// Every program.
export type { Client, ConnectOptions, Credentials, CredentialsProvider, CredentialsRequest, JudgeServerKey } from "./client.ts";
export type { CommonOptions } from "./common-options.ts";
export { type Handler, type Handlers, type Implementation, implement, type ImplementOptions } from "./command/handlers.ts";
export { adapt, type Adapter, type Conversion, type Conversions } from "./command/adapter.ts";
export type { Context, DeferredContext, DeferredReply, Principal } from "./command/context.ts";
export type { Session, SessionStats, SessionStatus } from "./command/session-type.ts";
export type { CommandMismatch, PeerCommand, PeerSchema, PeerService } from "./command/schema/peer-schema.ts";
export type { DiscoveryStep } from "./discovery/step.ts";
export type { CallOptions } from "./schema/caller.ts";
export type { IncomingBlob } from "./blob/incoming-blob.ts";
export type { ReadableBlob, ReadWholeOptions } from "./blob/readable-blob.ts";
export type { StoredBlob } from "./blob/stored-blob.ts";
export type { BlobCallOptions, BlobProgress } from "./blob/options.ts";
export type { BlobBody, BlobLike, BlobSource, ByteStream, ByteStreamReader, DescribedBlob } from "./blob/source.ts";
export type { BlobStaging } from "./staging/blob-staging.ts";
export type { StagingOptions } from "./staging/options.ts";
export { stage, StagedBlob } from "./staging/stage.ts";
export { QuotaExceeded } from "../generated/zserver/staging/v1/staging.ts";
export { BlobFailure, BlobFailure_Reason } from "../generated/zserver/blob.ts";
export { CommandError, type CommandErrorOptions, type ErrorDetail, type Outcome } from "./errors/command-error.ts";
export { errorDetail } from "./errors/error-detail.ts";
export { SchemaMismatch, SchemaMismatch_Direction } from "../generated/zserver/protocol/v1/negotiation.ts";
export type { Code } from "./errors/code.ts";
export { EndError, type SessionEnd } from "./session/session-end.ts";
export { type EndReason, type EndReasonInfo, endReasons } from "./errors/end-reason.ts";

// Some programs.
export type { OnEntrances } from "./client.ts";
export { type EntranceInit, EntranceListError } from "./discovery/entrance-list.ts";
export type { BatchBuilder, BatchOptions, BatchProxy, Settled } from "./command/batch.ts";
export type { Call, Interceptor, Next } from "./command/interceptor.ts";
export { ContextKey, ContextValues } from "./command/values.ts";
export { type Limits, defaultLimits } from "./session/limits.ts";
export type { Log, LogEntry } from "./command/log.ts";
export { decode, type DecodeLimits, encode } from "./schema/codec.ts";
export { clearExtension, getExtension, hasExtension, setExtension } from "./schema/extension.ts";
export type { ExtensionType } from "./schema/extension-type.ts";
export type { MessageType } from "./schema/message-type.ts";
export type { CommandKind, CommandPriority, CommandType, Delivery, ServiceType, Side } from "./schema/service-type.ts";
export { type MemoryNetwork, memoryNetwork } from "./transport/memory-network.ts";
export { type MessagePortLike, type MessagePortOptions, messagePortTransport } from "./transport/message-port.ts";
export { type MessagePortListener, messagePortEndpoint, messagePortListener } from "./transport/message-port-endpoint.ts";
export type { Pem, TlsClientOptions } from "./transport/tls-options.ts";
export { VERSION } from "./version.ts";

// Experts: the seams.
export type { Aead, CryptoProvider, KeyPair } from "./crypto/provider.ts";
export { portableCrypto } from "./crypto/portable.ts";
export type { RandomSource } from "./crypto/random.ts";
export type { Clock } from "./time/clock.ts";
export type { CustomDialOptions, CustomEndpoint, CustomListener, CustomListenOptions } from "./transport/custom.ts";
export { Inbox, type InboxOptions } from "./transport/inbox.ts";
export type { Listener, RemoteAddress, Transport, TransportClose, TransportEvents } from "./transport/transport.ts";
export type { Identity } from "./crypto/identity.ts";
