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
    this.#list = this.#signed(entrances, options.version);
    for (const peer of this.#options.sessions()) this.tell(peer, 0n);
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

  #signed(entrances: EntrancesInit, version: bigint | undefined): SignedEntranceList {
    const { crypto, identity } = this.#options;
    if (identity === undefined) throw new TypeError("entrances: a server that seals nothing has no identity to sign them with");
    if (typeof entrances === "string" && version !== undefined) throw new TypeError("entrances: a signed list has its version in it");
    const list =
      typeof entrances === "string"
        ? parseEntranceList(crypto, identity.pair.publicKey, entrances)
        : signEntranceList(crypto, identity.pair, entrances, version ?? this.#nextVersion());
    const present = this.#list?.version ?? 0n;
    if (list.version <= present) throw new TypeError(`entrances: the version must be above ${present}, not ${list.version}`);
    return list;
  }

  #nextVersion(): bigint {
    const present = this.#list?.version ?? 0n;
    const now = BigInt(Math.max(1, Math.floor(this.#options.wallNow())));
    return now > present ? now : present + 1n;
  }
}
