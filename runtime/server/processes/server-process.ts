import type { SendHandle } from "node:child_process";
import cluster from "node:cluster";
import { rmSync } from "node:fs";
import { toHex } from "../../bytes/hex.ts";
import { HALF_OPEN_BYTES } from "../../channel/limits.ts";
import type { Identity } from "../../crypto/identity.ts";
import type { RandomSource } from "../../crypto/random.ts";
import { attach } from "../../transport/attach.ts";
import type { UnixEndpoint } from "../../transport/endpoint.ts";
import { dialSocket } from "../../transport/socket-node.ts";
import type { Listener, Transport } from "../../transport/transport.ts";
import { isWindows } from "../../transport/unix-path.ts";
import { listenUnix } from "../../transport/unix-server.ts";
import type { GroupBroadcast, Spreader } from "../broadcast.ts";
import type { HandoverStats } from "../server-types.ts";
import { type ConnectionNotice, envelopeOf, type Notice, noticeIn } from "./notice.ts";
import { Router, type RouterOptions } from "./router.ts";
import { UnsentBroadcasts } from "./unsent-broadcasts.ts";

/** What connecting says when a process is gone, with its socket or without having taken that away. Where it is only busy, that is EAGAIN (connect(2)). */
const NOBODY: readonly unknown[] = ["ENOENT", "ECONNREFUSED"];

/** Where a primary tells its processes how they reach each other. */
export const SOCKETS_VARIABLE = "ZSERVER_PROCESS_SOCKETS";

/** Where a primary tells its processes whose server they are: its identity's public key, in hexadecimal digits. */
export const IDENTITY_VARIABLE = "ZSERVER_PROCESS_IDENTITY";

/** Broadcasts that may wait to be told: a few milliseconds of all that a process can send. */
const WAITING_BROADCASTS = 4_096;

/** Connections that may be on their way from this process to others: each waits until the primary has taken the one before it. */
const LEAVING_CONNECTIONS = 1_024;

/** Bytes of the route that a process draws: no two processes of a server draw the same one. */
const OWN_ROUTE_BYTES = 8;

/** One of several processes of a server: it leads connections to the others, takes those that they lead here, and hears of what concerns all. */
export class ServerProcess implements Spreader {
  /** Which process this is, told to its clients. */
  readonly route: Uint8Array;
  readonly #sockets: string;
  #router: Router | undefined;
  #listener: Listener | undefined;
  readonly #waiting = new UnsentBroadcasts(WAITING_BROADCASTS);
  #waitingConnections = 0;
  #heard: (notice: Notice) => void = () => {};

  /** Throws TypeError in a process that no primary of zserver has started, and for another identity than the primary's. */
  constructor(random: RandomSource, identity?: Identity) {
    const sockets = process.env[SOCKETS_VARIABLE];
    if (sockets === undefined)
      throw new TypeError("serve: `processes` starts the processes itself; in a worker that the program has started, leave it out");
    if (identity !== undefined && toHex(identity.pair.publicKey) !== process.env[IDENTITY_VARIABLE])
      throw new TypeError(
        "serve: this process has another `identity` than the one that started it: each runs the whole program, so that `createIdentity()` makes one for each; `loadIdentity(path)` gives all the same",
      );
    this.#sockets = sockets;
    this.route = random(OWN_ROUTE_BYTES);
  }

  /** From here on this process is there for the others. */
  async open(options: Omit<RouterOptions, "route" | "hand" | "dial">, onError: (error: Error) => void): Promise<Router> {
    const route = toHex(this.route);
    const hand: RouterOptions["hand"] = (to, client) => this.#hand(to, client);
    const router = new Router({ ...options, route, hand, dial: (to) => dialSocket(this.#endpoint(to)).catch(undefinedWhereNobodyIs) });
    const accept: Parameters<typeof listenUnix>[1]["accept"] = (transport) => void router.receive(transport);
    this.#listener = await listenUnix(this.#endpoint(route), { accept, onError, exclusive: true });
    this.#router = router;
    process.on("message", this.#received);
    process.once("exit", this.#clear);
    return router;
  }

  /** The server listens, and does from here on what the others say. */
  listening(endpoints: readonly string[], heard: (notice: Notice) => void): void {
    this.#heard = heard;
    this.tell({ kind: "listening", endpoints, route: toHex(this.route) });
  }

  get handovers(): HandoverStats {
    return this.#router!.stats;
  }

  get ready(): boolean {
    return !this.#waiting.full;
  }

  spread(broadcast: GroupBroadcast): void {
    this.tell({ kind: "broadcast", ...broadcast }, this.#waiting.add(broadcast.message.length));
  }

  /** @param told called when it has left this process, or cannot any more */
  tell(notice: Notice, told: () => void = () => {}): void {
    if (process.connected) process.send!(envelopeOf(notice), undefined, undefined, told);
    else told();
  }

  /** The others no longer find this process. */
  async stopListening(): Promise<void> {
    this.tell({ kind: "leaving", route: toHex(this.route) });
    await this.#listener?.close();
  }

  /** The server is closed: nothing of it keeps this process alive, and the primary starts no other for it. */
  leave(): void {
    this.#router?.stop();
    this.#heard = () => {};
    process.off("exit", this.#clear);
    process.once("disconnect", () => process.off("message", this.#received));
    cluster.worker?.disconnect();
  }

  /** A primary that was killed has left where its processes reach each other, and they end with it. */
  readonly #clear = (): void => {
    if (!process.connected && !cluster.worker?.exitedAfterDisconnect && !isWindows) rmSync(this.#sockets, { recursive: true, force: true });
  };

  /** Connections come back before the server listens everywhere, and come still when it has closed: each is a descriptor that somebody has to end. */
  readonly #received = (message: unknown, handle: unknown): void => {
    const notice = noticeIn(message);
    if (notice?.kind === "connection") this.#take(notice, handle);
    else if (notice !== undefined) this.#heard(notice);
  };

  #hand(route: string, client: Transport): boolean {
    if (!process.connected || this.#waitingConnections === LEAVING_CONNECTIONS) return false;
    const detached = client.detach?.();
    if (detached === undefined) return false;
    const { passage, handle, leave } = detached;
    if (passage.bytes.length > HALF_OPEN_BYTES) {
      // No client says so much before it is answered.
      leave();
      return true;
    }
    this.#waitingConnections++;
    process.send!(envelopeOf({ kind: "connection", route, passage }), handle as SendHandle, undefined, () => {
      this.#waitingConnections--;
      leave();
    });
    return true;
  }

  /** @param handle undefined when the kernel could not give it to this process: the client finds the connection ended */
  #take({ passage, route }: ConnectionNotice, handle: unknown): void {
    if (handle !== undefined) this.#router!.take(attach(passage, handle as object), passage, route);
  }

  #endpoint(route: string): UnixEndpoint {
    const path = isWindows ? `\\\\.\\pipe\\${this.#sockets}-${route}` : `${this.#sockets}/${route}`;
    return { scheme: "unix", url: `unix:${path}`, path };
  }
}

function undefinedWhereNobodyIs(error: NodeJS.ErrnoException): undefined {
  if (!NOBODY.includes(error.code)) throw error;
}
