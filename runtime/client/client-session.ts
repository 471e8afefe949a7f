import { readMove } from "../../generated/zserver/protocol/v1/entrances.ts";
import type { Resumed, Welcome } from "../../generated/zserver/protocol/v1/session.ts";
import { fromHex } from "../bytes/hex.ts";
import type { Reader } from "../bytes/reader.ts";
import { TICKET_BYTES } from "../channel/limits.ts";
import type { ControlOwners } from "../command/control-frames.ts";
import type { Peer } from "../command/peer.ts";
import type { PeerCommon, PeerHooks } from "../command/peer-options.ts";
import { ClientSchemas } from "../command/schema/client-schemas.ts";
import { equalBytes } from "../crypto/equal.ts";
import { chanceOf } from "../discovery/chance.ts";
import type { Finder, Found } from "../discovery/finder.ts";
import type { DiscoveryStep } from "../discovery/step.ts";
import { endReasons } from "../errors/end-reason.ts";
import type { SessionFactory } from "../session-factory.ts";
import { FrameType } from "../session/frame.ts";
import { ClientOpening } from "../session/opening.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import { RESUME_SECRET_LABEL } from "../session/resume-secrets.ts";
import { EndError, type SessionEnd } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";
import type { ClientDialer, ProvenConnection } from "./client-dialer.ts";
import type { ClientEntrances } from "./client-entrances.ts";
import { ClientMove, type ClientMoveHost } from "./client-move.ts";
import { ClientPeer } from "./client-peer.ts";
import type { CredentialsSource } from "./credentials.ts";
import { Renewal } from "./renewal.ts";

export interface ClientSessionOptions {
  readonly dialer: ClientDialer;
  readonly finder: Finder;
  /** The client has no key of its own. */
  readonly anonymous: boolean;
  readonly credentials: CredentialsSource;
  readonly entrances: ClientEntrances;
}

/** A client's session over one connection after another: it opens on the first, and whenever one is lost another one is found. */
export class ClientSession<Data> {
  readonly #factory: SessionFactory<Data>;
  readonly #common: PeerCommon<Data>;
  readonly #dialer: ClientDialer;
  readonly #finder: Finder;
  readonly #timers: Timers;
  readonly #anonymous: boolean;
  readonly #entrances: ClientEntrances;
  /** Made when the server first asks for one. */
  #move: ClientMove | undefined;
  readonly #credentials: CredentialsSource;
  readonly #renewal: Renewal;
  /** Aborts the search for another connection when the session ends. */
  #over: AbortController | undefined;
  #peer: ClientPeer<Data> | undefined;
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
  #settle: { readonly resolve: (peer: ClientPeer<Data>) => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(factory: SessionFactory<Data>, { dialer, finder, anonymous, credentials, entrances }: ClientSessionOptions) {
    this.#factory = factory;
    this.#common = factory.common({
      opening: (session) => new ClientOpening(session),
      controls: this.#controls(),
      load: undefined,
      route: undefined,
      // A client waits for its server as long as it takes.
      slowPeerTimeoutMs: Number.POSITIVE_INFINITY,
    });
    this.#dialer = dialer;
    this.#finder = finder;
    this.#timers = factory.timers;
    this.#anonymous = anonymous;
    this.#entrances = entrances;
    this.#credentials = credentials;
    const { timers, random } = factory;
    this.#renewal = new Renewal({ source: credentials, timers, chance: chanceOf(random), peer: () => this.#peer as Peer });
  }

  /** A step of the search for a connection: whoever follows the session is told. */
  step(step: DiscoveryStep): void {
    if (this.#peer?.core.ended === false) this.#peer.tell(step);
  }

  /** Finds a server and opens the session. Rejects with EndError, or with the signal's reason. */
  async open(timeoutMs: number, signal: AbortSignal | undefined): Promise<ClientPeer<Data>> {
    const until = this.#timers.now() + timeoutMs;
    for (let tries = this.#finder.pool.endpoints.length; ; tries--) {
      try {
        return await this.#openOnce(until - this.#timers.now(), signal);
      } catch (error) {
        // A server may prove itself and still not let the client in; another one may.
        const hope = this.#found !== undefined && error instanceof EndError && endReasons[error.reason].retry;
        if (!hope || tries <= 1 || this.#timers.now() >= until) throw error;
        this.#finder.lost({ target: this.#found!.target, livedMs: 0, useful: true, retryAfterMs: error.retryAfterMs });
        this.#over = undefined;
      }
    }
  }

  async #openOnce(timeoutMs: number, signal: AbortSignal | undefined): Promise<ClientPeer<Data>> {
    this.#found = undefined;
    const found = await this.#finder.find({ attempt: this.#prove, discard, retry: "never", timeoutMs, signal }).catch((error: unknown) => {
      throw this.#dialer.judgeError ?? error;
    });
    this.#take(found);
    const { connection, channelPeer } = found.value;
    this.#server = channelPeer.server?.identity;
    if (channelPeer.server !== undefined) this.#dialer.pin(channelPeer.server);
    const credentials = await this.#credentials.get("connect", signal).catch((error: unknown) => {
      discard(found.value);
      throw error;
    });
    if (connection.closed) throw new EndError("TRANSPORT_CLOSED", "the server ended the connection at once");
    const opened = new Promise<ClientPeer<Data>>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    const named = this.#factory.services.hello();
    const hello = { anonymous: this.#anonymous, credentials, entrancesVersion: this.#entrances.version, ...named };
    const options = this.#factory.peerOptions(this.#common, connection, channelPeer, hello, this.#hooks());
    const peer = new ClientPeer(options, () => this.#renewal.renew());
    this.#peer = peer;
    connection.carry(peer.core);
    const abort = (): void => {
      this.#settle?.reject(signal!.reason);
      peer.end("CLOSED", "connecting was given up");
    };
    signal?.addEventListener("abort", abort);
    return opened.finally(() => signal?.removeEventListener("abort", abort));
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
      [FrameType.COMPARED]: (peer, body) => (peer.schemas as ClientSchemas).compared(body),
      [FrameType.ADMITTED]: (_peer, body) => this.#renewal.answer(body),
      [FrameType.ENTRANCES]: (_peer, body) => {
        if (this.#entrances.receive(this.#server, body.bytes.slice(body.position, body.end))) this.#move?.listChanged();
      },
      [FrameType.TICKET]: (_peer, body) => {
        this.#dialer.ticket = readTicket(body);
      },
      [FrameType.MOVE]: (_peer, body) => {
        readMove(body, body.end);
        this.#move ??= new ClientMove(this.#moveHost());
        if (this.#peer!.core.outboxes.keeps) this.#move.begin();
      },
    };
  }

  #moveHost(): ClientMoveHost {
    return {
      finder: this.#finder,
      timers: this.#timers,
      connected: () => {
        const { core } = this.#peer!;
        return !core.ended && !core.detached;
      },
      wants: (listed) => this.#entrances.ranksBefore(listed, this.#found!.target.endpoint),
      prove: this.#prove,
      discard,
      resume: (found) => this.#resume(found),
      moving: () => this.#peer!.tell({ type: "moving" }),
      failed: (error) => this.#factory.log({ level: "error", message: "the session stays at the entrance where it is", error }),
    };
  }

  #hooks(): PeerHooks<Data> {
    return {
      opened: (_peer, welcome) => this.#opened(welcome as Welcome),
      schemas: (peer) => this.#schemas(peer),
      describe: (peer, services) => (peer.schemas as ClientSchemas).describe(services),
      described() {},
      resume() {},
      disconnected: () => this.#disconnected(),
      kept() {},
      resumed: (_peer, answer) => this.#resumed(answer!),
      confirmed() {},
      ended: (_peer, end) => this.#ended(end),
    };
  }

  #schemas(peer: Peer<Data>): ClientSchemas {
    return new ClientSchemas(this.#factory.services, peer as Peer, this.#factory);
  }

  #opened({ expiresInMs, schemas, route }: Welcome): void {
    this.#dialer.route = route;
    (this.#peer!.schemas as ClientSchemas).take(schemas);
    if (!this.#factory.begin(this.#peer!)) return;
    this.#renewal.admittedFor(expiresInMs);
    this.#confirmed();
    this.#settle?.resolve(this.#peer!);
    this.#settle = undefined;
  }

  #resumed({ expiresInMs }: Resumed): void {
    this.#renewal.admittedFor(expiresInMs);
    this.#confirmed();
    this.#release();
  }

  #release(): void {
    this.#letGo?.();
    this.#letGo = undefined;
  }

  #ended(end: SessionEnd): void {
    const { reason, message } = end;
    this.#release();
    this.#renewal.end(end);
    this.#over?.abort(new EndError(reason, message));
    this.#move?.stop();
    this.#settle?.reject(new EndError(reason, message));
    this.#settle = undefined;
  }

  /** The server knows the session on this connection: its secret is the one to show next time. */
  #confirmed(): void {
    const { channel } = this.#peer!.connection;
    this.#secret = channel.exporter(RESUME_SECRET_LABEL);
  }

  #disconnected(): void {
    this.#lost(this.#peer!.core.outboxes.acceptedInAll > this.#acceptedBefore);
    // A socket keeps its process alive; so does the search for the next one, or a pause of the network would end programs that wait for it.
    this.#letGo ??= this.#factory.clock.keepAlive?.();
    this.#move?.stop();
    if (!this.#searching) this.#search();
  }

  /** Aborts when the session ends. Sessions that never lose their connection need none. */
  get #signal(): AbortSignal {
    if (this.#over === undefined) {
      this.#over = new AbortController();
      if (this.#peer!.core.ended) this.#over.abort();
    }
    return this.#over.signal;
  }

  #lost(useful: boolean): void {
    this.#finder.lost({ target: this.#found!.target, livedMs: this.#timers.now() - this.#foundAt, useful });
  }

  /** Looks for another connection until one resumes the session, or the session ends. Never rejects. */
  async #search(): Promise<void> {
    this.#searching = true;
    const signal = this.#signal;
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

  /** Undefined when there are none to be had now. */
  async #freshCredentials(signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return await this.#credentials.get("resume", signal);
    } catch (error) {
      if (!signal.aborted) this.#peer!.tell({ type: "renewal_failed", error });
      return undefined;
    }
  }

  /** Whether the session goes on over this connection, when that is settled. */
  #resume(found: Found<ProvenConnection>): Promise<boolean> {
    this.#attempt = this.#ask(found);
    return this.#attempt;
  }

  async #ask(found: Found<ProvenConnection>): Promise<boolean> {
    const peer = this.#peer!;
    const { connection } = found.value;
    const credentials = await this.#freshCredentials(this.#signal);
    if (credentials === undefined || connection.closed || peer.core.ended) {
      discard(found.value);
      return false;
    }
    const entrancesVersion = this.#entrances.versionOf(found.target.endpoint);
    const request = { session: fromHex(peer.id), secret: this.#secret!, attempt: ++this.#attempts, credentials, entrancesVersion };
    const attempt = peer.core.requestResume(connection, request, () => {
      peer.moveTo(connection);
      this.#take(found);
    });
    connection.carry(attempt);
    return attempt.granted;
  }

  #take(found: Found<ProvenConnection>): void {
    this.#found = found;
    this.#foundAt = this.#timers.now();
    this.#acceptedBefore = this.#peer?.core.outboxes.acceptedInAll ?? 0;
    found.value.onRotated = (epoch) => {
      // The server has known these keys since it answered the rotation.
      if (!this.#peer!.core.detached) this.#confirmed();
      this.#peer!.rotated(epoch);
    };
  }
}

function readTicket({ bytes, position, end }: Reader): Uint8Array {
  if (end === position || end - position > TICKET_BYTES) throw new ProtocolError(`a ticket of ${end - position} bytes came`);
  return bytes.slice(position, end);
}

function discard({ connection }: ProvenConnection): void {
  connection.destroy("CLOSED", "another connection was faster");
}
