import type { Peer } from "../command/peer.ts";
import { checkCounts } from "../common-options.ts";
import type { Identity } from "../crypto/identity.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  type EntranceInit,
  formatEntranceList,
  parseEntranceList,
  type SignedEntranceList,
  signEntranceList,
} from "../discovery/entrance-list.ts";
import { checkOptions } from "../errors/options.ts";
import { FrameType } from "../session/frame.ts";
import type { Timers } from "../time/timers.ts";
import { Move, type MoveOptions, type MoveResult } from "./move.ts";

/** Where a server may be reached: a list that it signs, or one that `signEntrances` of `zserver/keys` signed before. */
export type EntrancesInit = readonly EntranceInit[] | string;

/** What `server.setEntrances` takes besides the list. */
export interface SetEntrancesOptions {
  /** Above that of every list before; a list that was signed before has its own. Default: the time in milliseconds. */
  readonly version?: bigint | undefined;
}

/** What `server.moveTo` takes besides the list. */
export interface MoveToOptions extends SetEntrancesOptions, MoveOptions {}

export interface ServerEntrancesOptions<Data> {
  readonly crypto: CryptoProvider;
  /** Undefined where nothing is sealed, and so nobody could sign. */
  readonly identity: Identity | undefined;
  readonly timers: Timers;
  readonly wallNow: () => number;
  readonly sessions: () => Iterable<Peer<Data>>;
}

/** The entrances that a server's clients are to know, and its wishes that they use them. */
export class ServerEntrances<Data> {
  readonly #options: ServerEntrancesOptions<Data>;
  #list: SignedEntranceList | undefined;
  #move: Move<Data> | undefined;

  constructor(options: ServerEntrancesOptions<Data>) {
    this.#options = options;
  }

  /** The present list as text, signed; undefined before there is any. */
  get signed(): string | undefined {
    return this.#list && formatEntranceList(this.#list);
  }

  /** Tells all clients a new list. Throws TypeError that says what is wrong with it, EntranceListError for one that another identity signed. */
  set(entrances: EntrancesInit, options: SetEntrancesOptions = {}): void {
    checkOptions("setEntrances", options, ["version"]);
    const list = this.#signed(entrances, options.version);
    if (list.version <= this.#version) throw new TypeError(`entrances: the version must be above ${this.#version}, not ${list.version}`);
    this.#use(list);
  }

  /** Tells all clients the signed list of another process of this server. One that is older than what this process was given meanwhile is left. */
  follow(signed: string): void {
    const list = this.#signed(signed);
    if (list.version > this.#version) this.#use(list);
  }

  /** Tells all clients a new list, and asks those that have a session to go over. Throws as {@link set}. */
  moveTo(entrances: EntrancesInit, options: MoveToOptions = {}): Promise<MoveResult> {
    checkOptions("moveTo", options, ["version", "overMs", "waitMs"]);
    checkCounts(options, ["overMs", "waitMs"]);
    this.set(entrances, { version: options.version });
    this.#move?.finish();
    const { timers, sessions } = this.#options;
    this.#move = new Move(timers, this.#list!.version, sessions(), options);
    return this.#move.result;
  }

  /** Tells a client the list, unless it has this version or a newer one. */
  tell(peer: Peer<Data>, has: bigint): void {
    const list = this.#list;
    if (list !== undefined && list.version > has) peer.control(FrameType.ENTRANCES, (writer) => writer.raw(list.bytes));
  }

  /** A session goes on over an entrance of the list of this version; 0: of none. */
  resumed(peer: Peer<Data>, version: bigint): void {
    this.#move?.resumed(peer, version);
  }

  ended(peer: Peer<Data>): void {
    this.#move?.ended(peer);
  }

  /** Asks nobody any more. */
  stop(): void {
    this.#move?.finish();
  }

  get #version(): bigint {
    return this.#list?.version ?? 0n;
  }

  #use(list: SignedEntranceList): void {
    this.#list = list;
    for (const peer of this.#options.sessions()) this.tell(peer, 0n);
  }

  #signed(entrances: EntrancesInit, version?: bigint): SignedEntranceList {
    const { crypto, identity } = this.#options;
    if (identity === undefined) throw new TypeError("entrances: a server that seals nothing has no identity to sign them with");
    if (typeof entrances === "string" && version !== undefined) throw new TypeError("entrances: a signed list has its version in it");
    return typeof entrances === "string"
      ? parseEntranceList(crypto, identity.pair.publicKey, entrances)
      : signEntranceList(crypto, identity.pair, entrances, version ?? this.#nextVersion());
  }

  #nextVersion(): bigint {
    const now = BigInt(Math.max(1, Math.floor(this.#options.wallNow())));
    return now > this.#version ? now : this.#version + 1n;
  }
}
