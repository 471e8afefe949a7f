import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MessageChannel } from "node:worker_threads";
import { connect, createIdentity, memoryNetwork, messagePortEndpoint, messagePortListener, serve } from "../../runtime/index.ts";
import type { Client, CommonOptions, ConnectOptions, CustomEndpoint, Server } from "../../runtime/index.ts";
import type { Implementation } from "../../runtime/command/handlers.ts";
import { systemClock } from "../../runtime/time/system-clock.ts";
import { probe } from "../support/command/probe.ts";
import { selfSigned } from "../support/transport/certificate.ts";

/** Sessions whose client is away that the server keeps: more than are ever used at once, so that it's those that end whose clients never come back. */
const DETACHED_SESSIONS = 100;

/** A machine that is busy with other things makes all slow; that is not what a soak is about. */
const patient = {
  handshakeTimeoutMs: 300_000,
  livenessTimeoutMs: 300_000,
  defaultTimeoutMs: 300_000,
  sendTimeoutMs: 300_000,
} as const satisfies Partial<CommonOptions>;

/** One server, which every session of a soak goes to, over every transport. */
export interface Place {
  readonly server: Server;
  /** Connects the session of this number: one in `every` over a socket or a port, each kind in its turn, the others over memory. */
  connect(number: number, every: number, options?: Partial<ConnectOptions>): Promise<Client>;
  close(): Promise<void>;
}

export async function openPlace(handlers: readonly Implementation[]): Promise<Place> {
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-soak-"));
  const certificate = selfSigned();
  const memory = memoryNetwork({ clock: systemClock });
  const ports = messagePortListener();
  const sockets = [
    "ws://127.0.0.1:0",
    "wss://127.0.0.1:0",
    "tcp://127.0.0.1:0",
    "tls://127.0.0.1:0",
    `unix:${path.join(folder, "soak.sock")}`,
  ];
  const server = await serve({
    ...patient,
    // A soak is nothing but handshakes: they may have half of the time, which is the most.
    door: { handshakeShare: 0.5, handshakeBudgetMs: 100 },
    listen: [...sockets, ports, "memory:soak"],
    identity: createIdentity(),
    memory,
    tls: certificate,
    detachedSessions: DETACHED_SESSIONS,
    handlers,
    log: () => {},
  });
  const port = messagePortEndpoint(() => {
    const { port1, port2 } = new MessageChannel();
    ports.accept(port1);
    return port2;
  });
  const others: readonly (string | CustomEndpoint)[] = [...server.endpoints.slice(0, sockets.length), port];
  const identity = createIdentity();
  const connectOne: Place["connect"] = (number, every, options) => {
    const endpoint = number % every > 0 ? "memory:soak" : others[(number / every) % others.length]!;
    return connect({
      ...patient,
      connectTimeoutMs: patient.handshakeTimeoutMs,
      endpoints: [endpoint],
      serverKey: server.serverKey,
      memory,
      tls: { ca: certificate.cert },
      handlers: [probe()],
      backoffBaseMs: 10,
      log: () => {},
      ...(number % 3 === 0 && { identity }),
      ...options,
    });
  };
  const close = async (): Promise<void> => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, connect: connectOne, close };
}
