import type { Channel, ChannelEvents, ChannelPeer, PresentedServerKey } from "../channel/channel.ts";
import { DialerChannel } from "../channel/dialer-channel.ts";
import type { PlainChannelOptions } from "../channel/plain-channel.ts";
import type { Identity } from "../crypto/identity.ts";
import type { KeyStatement } from "../crypto/key-statement.ts";
import { parseServerKey, type ServerKey } from "../crypto/key-string.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import type { RandomSource } from "../crypto/random.ts";
import type { DialTarget } from "../discovery/target.ts";
import type { EndReason } from "../errors/end-reason.ts";
import { Connection } from "../session/connection.ts";
import { EndError } from "../session/session-end.ts";
import type { Clock } from "../time/clock.ts";
import type { Timers } from "../time/timers.ts";
import type { Dial } from "../transport/dial.ts";
import type { MemoryNetwork } from "../transport/memory-network.ts";
import type { TlsClientOptions } from "../transport/tls-options.ts";
import type { Transport } from "../transport/transport.ts";

/** A server's key is judged by the application: `serverKey` is the string that `zgen keygen` printed for it. */
export type JudgeServerKey = (serverKey: string) => boolean | Promise<boolean>;

/** Makes a channel that seals nothing. */
export type MakePlainChannel = (options: PlainChannelOptions, events: ChannelEvents) => Channel;

export interface ClientDialerOptions {
  readonly dial: Dial;
  readonly crypto: CryptoProvider;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly serverKey: string | JudgeServerKey | undefined;
  readonly identity: Identity | undefined;
  /** What seals nothing; undefined where everything is sealed. */
  readonly plainChannel: MakePlainChannel | undefined;
  readonly memory: MemoryNetwork | undefined;
  readonly zeroMask: boolean | undefined;
  readonly tls: TlsClientOptions | undefined;
  readonly handshakeTimeoutMs: number | undefined;
  readonly rotateAfterMs: number | undefined;
  readonly rotateAfterBytes: number | undefined;
}

/** A connection whose server is proven, and that carries no session yet. */
export interface ProvenConnection {
  readonly connection: Connection;
  readonly channelPeer: ChannelPeer;
  /** Whoever wants to hear of renewed keys. */
  onRotated: (epoch: number) => void;
}

/** Opens connections to servers and proves the servers. */
export class ClientDialer {
  readonly #options: ClientDialerOptions;
  #server: ServerKey | "judge" | undefined;
  /** The application's judgement of each key: it is asked once. */
  readonly #judgements = new Map<string, Promise<boolean>>();
  /** The newest door ticket that the server gave. It counts once; shown again it is worth nothing, and does no harm. */
  ticket: Uint8Array | undefined;
  /** Which of the server's processes has the session. */
  route: Uint8Array | undefined;
  /** What the application's own judgement of a key threw, if it did. */
  judgeError: unknown;

  /** Throws TypeError without a server key, KeyStringError for one that is mistyped. */
  constructor(options: ClientDialerOptions) {
    this.#options = options;
    this.#server = options.plainChannel ? undefined : this.#pin(options.serverKey);
  }

  /** From here on only this identity is the server, and it never goes back to an older static key. */
  pin({ identity, staticKey, serial }: KeyStatement): void {
    this.#server = { identity, static: { key: staticKey, serial } };
    this.#judgements.clear();
  }

  /** Connects, up to where the server has proven itself. Rejects with EndError, or with the signal's reason. */
  async prove({ endpoint, address }: DialTarget, signal: AbortSignal): Promise<ProvenConnection> {
    const { dial, clock, memory, zeroMask, tls } = this.#options;
    let transport: Transport;
    try {
      transport = await dial(endpoint, { clock, signal, address, memory, zeroMask, tls });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TypeError) throw error;
      throw new EndError("TRANSPORT_FAILED", `${endpoint.url}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return new Promise((resolve, reject) => {
      const connection = this.#connection(transport, resolve, reject);
      const abort = (): void => {
        reject(signal.reason);
        connection.destroy("CLOSED", "connecting was given up");
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      connection.start();
    });
  }

  #connection(transport: Transport, resolve: (proven: ProvenConnection) => void, reject: (error: unknown) => void): Connection {
    let proven: ProvenConnection | undefined;
    const connection: Connection = new Connection(
      transport,
      (events) => this.#options.plainChannel?.(this.#plainOptions(), events) ?? new DialerChannel(this.#dialerOptions(), events),
      {
        established: (channelPeer) => {
          proven = { connection, channelPeer, onRotated() {} };
          resolve(proven);
          return undefined;
        },
        failed: (reason: EndReason, message, retryAfterMs) => reject(new EndError(reason, message, retryAfterMs)),
        serverKey: (presented) => this.#judge(connection.channel as DialerChannel, presented, reject),
        rotated: (epoch) => proven?.onRotated(epoch),
        released() {},
      },
      this.#options.timers,
    );
    return connection;
  }

  async #judge(channel: DialerChannel, presented: PresentedServerKey, reject: (error: unknown) => void): Promise<void> {
    try {
      if (await this.#judgementOf(presented.serverKey)) channel.acceptServerKey();
      else channel.refuseServerKey();
    } catch (error) {
      this.judgeError = error;
      reject(new EndError("SERVER_KEY_REFUSED", "the function that judges the server's key failed"));
      channel.refuseServerKey();
    }
  }

  #judgementOf(serverKey: string): Promise<boolean> {
    const known = this.#judgements.get(serverKey);
    if (known !== undefined) return known;
    const judge = this.#options.serverKey as JudgeServerKey;
    const judgement = (async () => judge(serverKey))();
    this.#judgements.set(serverKey, judgement);
    return judgement;
  }

  #pin(serverKey: string | JudgeServerKey | undefined): ServerKey | "judge" {
    if (typeof serverKey === "function") return "judge";
    if (serverKey === undefined)
      throw new TypeError(
        "connect: `serverKey` is missing: the string that `zgen keygen` printed for the server, or a function that judges the key it shows",
      );
    return parseServerKey(this.#options.crypto, serverKey);
  }

  #plainOptions(): PlainChannelOptions {
    const { crypto, random, timers, handshakeTimeoutMs } = this.#options;
    return { role: "dialer", crypto, random, timers, handshakeTimeoutMs };
  }

  #dialerOptions(): ConstructorParameters<typeof DialerChannel>[0] {
    const { crypto, random, timers, clock, handshakeTimeoutMs, rotateAfterMs, rotateAfterBytes, identity } = this.#options;
    return {
      crypto,
      random,
      timers,
      server: this.#server!,
      ticket: this.ticket,
      route: this.route,
      clientKey: identity?.staticKeys[0].pair,
      wallNow: () => clock.wallNow(),
      handshakeTimeoutMs,
      rotateAfterMs,
      rotateAfterBytes,
    };
  }
}
