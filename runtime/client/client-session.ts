import { Move } from "../../generated/zserver/protocol/v1/entrances.ts";
import type { ControlOwners } from "../command/control-frames.ts";
import type { Peer } from "../command/peer.ts";
import type { ClientEntrances } from "./client-entrances.ts";
import { ClientMove, type ClientMoveHost } from "./client-move.ts";
import type { ClientDialer, ProvenConnection } from "./client-dialer.ts";
import { fromHex } from "../bytes/hex.ts";
import { equalBytes } from "../crypto/equal.ts";
import type { Finder, Found } from "../discovery/finder.ts";
import { endReasons } from "../errors/end-reason.ts";
import { FrameType } from "../session/frame.ts";
import { RESUME_SECRET_LABEL } from "../session/resume-secrets.ts";
import { EndError, type SessionEnd } from "../session/session-end.ts";
import type { SessionFactory } from "../session-factory.ts";
import type { Timers } from "../time/timers.ts";

/** A client's session over one connection after another: it opens on the first, and whenever one is lost another one is found. */
export class ClientSession<Data> {
  readonly #factory: SessionFactory<Data>;
  readonly #dialer: ClientDialer;
  readonly #finder: Finder;
  readonly #timers: Timers;
  readonly #anonymous: boolean;
  readonly #entrances: ClientEntrances;
  readonly #move: ClientMove;
  /** Aborts the search for another connection when the session ends. */
  #over = new AbortController();
  #peer: Peer<Data> | undefined;
  #found: Found<ProvenConnection> | undefined;
  #foundAt = 0;
  /** The identity that the server of the first connection proved. */
  #server: Uint8Array | undefined;
  /** Of the last channel on which the server said WELCOME or RESUMED. */
  #secret: Uint8Array | undefined;
  #attempts = 0;
  /** What the server had accepted when the connection in use took the session over. */
  #acceptedBefore = 0;
  /** The last attempt to go on over another connection, and whether that one took the session over. */
  #attempt: Promise<boolean> | undefined;
  #searching = false;
  /** Lets the process end again. */
  #letGo: (() => void) | undefined;
  #settle: { readonly resolve: (peer: Peer<Data>) => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(factory: SessionFactory<Data>, dialer: ClientDialer, finder: Finder, anonymous: boolean, entrances: ClientEntrances) {
    this.#factory = factory;
    this.#dialer = dialer;
    this.#finder = finder;
    this.#timers = factory.timers;
    this.#anonymous = anonymous;
    this.#entrances = entrances;
    this.#move = new ClientMove(this.#moveHost());
  }

  /** Finds a server and opens the session. Rejects with EndError, or with the signal's reason. */
  async open(timeoutMs: number, signal: AbortSignal | undefined): Promise<Peer<Data>> {
    const until = this.#timers.now() + timeoutMs;
    for (let tries = this.#finder.pool.endpoints.length; ; tries--) {
      try {
        return await this.#openOnce(until - this.#timers.now(), signal);
      } catch (error) {
        // A server may prove itself and still not let the client in; another one may.
        const hope = this.#found !== undefined && error instanceof EndError && endReasons[error.reason].retry;
        if (!hope || tries <= 1 || this.#timers.now() >= until) throw error;
        this.#finder.lost({ target: this.#found!.target, livedMs: 0, useful: true, retryAfterMs: error.retryAfterMs });
        this.#over = new AbortController();
      }
    }
  }

  async #openOnce(timeoutMs: number, signal: AbortSignal | undefined): Promise<Peer<Data>> {
    this.#found = undefined;
    const found = await this.#finder.find({ attempt: this.#prove, discard, retry: "never", timeoutMs, signal }).catch((error: unknown) => {
      throw this.#dialer.judgeError ?? error;
    });
    this.#take(found);
    const { connection, channelPeer } = found.value;
    this.#server = channelPeer.server?.identity;
    if (channelPeer.server !== undefined) this.#dialer.pin(channelPeer.server);
    if (connection.closed) throw new EndError("TRANSPORT_CLOSED", "the server ended the connection at once");
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      const peer = this.#factory.make(connection, channelPeer, this.#anonymous, {
        controls: this.#controls(),
        entrancesVersion: this.#entrances.version,
        opened: () => this.#opened(),
        resume() {},
        disconnected: () => this.#disconnected(),
        kept() {},
        resumed: () => this.#resumed(),
        confirmed() {},
        ended: (_peer, end) => this.#ended(end),
      });
      this.#peer = peer;
      connection.carry(peer.core);
      const abort = (): void => {
        reject(signal?.reason);
        peer.end("CLOSED", "connecting was given up");
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#settle = {
        resolve: (opened) => {
          signal?.removeEventListener("abort", abort);
          resolve(opened);
        },
        reject,
      };
    });
  }

  readonly #prove = async (...[target, signal]: Parameters<ClientDialer["prove"]>): Promise<ProvenConnection> => {
    const proven = await this.#dialer.prove(target, signal);
    const { identity } = proven.channelPeer.server ?? {};
    if (this.#server === undefined || (identity !== undefined && equalBytes(identity, this.#server))) return proven;
    discard(proven);
    throw new EndError("SERVER_KEY_MISMATCH", "another server than the session's answered");
  };

  #controls(): ControlOwners<Data> {
    return {
      [FrameType.ENTRANCES]: (_peer, body) => {
        if (this.#entrances.receive(this.#server, body.bytes.slice(body.position, body.end))) this.#move.listChanged();
      },
      [FrameType.MOVE]: (_peer, body) => {
        Move.read(body, body.end);
        if (this.#peer!.core.outbox.keeps) this.#move.begin();
      },
    };
  }

  #moveHost(): ClientMoveHost {
    const session = this;
    return {
      finder: this.#finder,
      get connected() {
        const core = session.#peer!.core;
        return !core.ended && !core.detached;
      },
      wants: (listed) => this.#entrances.ranksBefore(listed, this.#found!.target.endpoint),
      prove: this.#prove,
      discard,
      resume: (found) => this.#resume(found),
      moving: () => this.#peer!.moving(),
      failed: (error) => this.#factory.log({ level: "error", message: "the session stays at the entrance where it is", error }),
    };
  }

  #opened(): void {
    this.#confirmed();
    this.#settle?.resolve(this.#peer!);
    this.#settle = undefined;
  }

  #resumed(): void {
    this.#confirmed();
    this.#release();
  }

  #release(): void {
    this.#letGo?.();
    this.#letGo = undefined;
  }

  #ended({ reason, message }: SessionEnd): void {
    this.#release();
    this.#over.abort(new EndError(reason, message));
    this.#move.stop();
    this.#settle?.reject(new EndError(reason, message));
    this.#settle = undefined;
  }

  /** The server knows the session on this connection: its secret is the one to show next time. */
  #confirmed(): void {
    const { channel } = this.#peer!.connection;
    this.#secret = channel.exporter(RESUME_SECRET_LABEL);
  }

  #disconnected(): void {
    this.#lost(this.#peer!.core.outbox.accepted > this.#acceptedBefore);
    // A socket keeps its process alive; so does the search for the next one, or a pause of the network would end programs that wait for it.
    this.#letGo ??= this.#factory.clock.keepAlive?.();
    this.#move.stop();
    if (!this.#searching) this.#search();
  }

  #lost(useful: boolean): void {
    this.#finder.lost({ target: this.#found!.target, livedMs: this.#timers.now() - this.#foundAt, useful });
  }

  /** Looks for another connection until one resumes the session, or the session ends. Never rejects. */
  async #search(): Promise<void> {
    this.#searching = true;
    const { signal } = this.#over;
    try {
      await this.#attempt;
      while (!signal.aborted && this.#peer!.core.detached) {
        const found = await this.#finder.find({ attempt: this.#prove, discard, retry: "always", signal });
        if (signal.aborted) discard(found.value);
        else if (!(await this.#resume(found))) this.#finder.lost({ target: found.target, livedMs: 0, useful: false });
      }
    } catch (error) {
      // The only end of a search that never gives up is the session's own, or a bug.
      if (!signal.aborted) this.#peer!.end("TRANSPORT_FAILED", error instanceof Error ? error.message : String(error));
    } finally {
      this.#searching = false;
    }
  }

  /** Whether the session goes on over this connection, when that is settled. */
  #resume(found: Found<ProvenConnection>): Promise<boolean> {
    const peer = this.#peer!;
    const { connection } = found.value;
    if (connection.closed) return Promise.resolve(false);
    const entrancesVersion = this.#entrances.versionOf(found.target.endpoint);
    const request = { session: fromHex(peer.id), secret: this.#secret!, attempt: ++this.#attempts, entrancesVersion };
    const attempt = peer.core.requestResume(connection, request, () => {
      peer.moveTo(connection);
      this.#take(found);
    });
    connection.carry(attempt);
    this.#attempt = attempt.granted;
    return attempt.granted;
  }

  #take(found: Found<ProvenConnection>): void {
    this.#found = found;
    this.#foundAt = this.#timers.now();
    this.#acceptedBefore = this.#peer?.core.outbox.accepted ?? 0;
    found.value.onRotated = (epoch) => {
      // The server has known these keys since it answered the rotation.
      if (!this.#peer!.core.detached) this.#confirmed();
      this.#peer!.rotated(epoch);
    };
  }
}

function discard({ connection }: ProvenConnection): void {
  connection.destroy("CLOSED", "another connection was faster");
}
