import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { type Client, connect, type Server, serve } from "../../../runtime/index.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { identity } from "../../support/channel/ends.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { statusOf } from "../../support/session/moving.ts";
import { SocketRelay } from "../../support/session/socket-relay.ts";
import { WebSocketRelay } from "../../support/session/websocket-relay.ts";

export const testTimeoutMs = 240_000;
export const testRunsAlone = true;

/** Clients that connect at a time. */
const AT_ONCE = 25;
/** Six sockets of each session are in this process, on a machine that may have much else to do. */
const serverTimes = { handshakeTimeoutMs: 60_000, livenessTimeoutMs: 120_000 };
/** All ends of all handshakes share this process: what is the server's part of its time says nothing here. */
const door = { handshakeShare: 0.5, handshakeBudgetMs: 100 };
const clientTimes = { ...serverTimes, connectTimeoutMs: 60_000, attemptTimeoutMs: 60_000 };

/** A client that sends a numbered note and asks a question again and again, until it is told to stop. */
class Busy {
  readonly client: Client;
  readonly told: string[];
  readonly latencies: number[] = [];
  sent = 0;
  readonly #paceMs: number;
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(client: Client, paceMs: number) {
    this.client = client;
    this.told = statusOf(client);
    this.#paceMs = paceMs;
    this.#done = this.#run();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#done;
  }

  async #run(): Promise<void> {
    const proxy = this.client.use(Probe);
    for (let ms = Math.random() * this.#paceMs; !this.#stopped; ms = this.#paceMs) {
      await pass(ms);
      const began = performance.now();
      const number = this.sent++;
      await proxy.note({ number });
      assert.is((await proxy.echo({ number }, { timeoutMs: 120_000 })).number, number);
      this.latencies.push(performance.now() - began);
    }
    await this.client.flush();
  }
}

/** The load goes on for so long. */
const pass = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.setTimer(ms, resolve));

function p99(busy: readonly Busy[]): number {
  const sorted = busy.flatMap(({ latencies }) => latencies.splice(0)).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0);
}

async function connectMany(server: Server, endpoint: string, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  const options = { endpoints: [endpoint], serverKey: server.serverKey, ...clientTimes };
  while (clients.length < count)
    clients.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - clients.length) }, () => connect(options)))));
  return clients;
}

interface Move {
  readonly sessions: number;
  readonly paceMs: number;
  readonly overMs: number;
  readonly schemes: readonly ["tcp" | "ws", "tcp" | "ws"];
  readonly relay: (url: string) => Promise<SocketRelay | WebSocketRelay>;
}

/** Clients at work behind one relay go over to another one in front of the same server. */
async function moveAll({ sessions, paceMs, overMs, schemes, relay }: Move): Promise<void> {
  const seen = new Map<string, number[]>();
  const record = ({ number }: { readonly number: number }, { session }: { readonly session: { readonly id: string } }): void => {
    const numbers = seen.get(session.id) ?? [];
    seen.set(session.id, numbers);
    numbers.push(number);
  };
  const listen = schemes.map((scheme) => `${scheme}://127.0.0.1:0`);
  const server = await serve({ listen, identity, handlers: [probe({ note: record })], ...serverTimes, door, log: () => {} });
  const relays = [await SocketRelay.to(server.endpoints[0]!), await relay(server.endpoints[1]!)] as const;
  try {
    const busy = (await connectMany(server, relays[0].endpoint, sessions)).map((client) => new Busy(client, paceMs));
    await pass(2 * paceMs);
    const before = p99(busy);
    const count = (): number => busy.reduce((sum, { sent }) => sum + 2 * sent, 0);
    const [sent, began] = [count(), performance.now()];
    const result = await server.moveTo([relays[1].endpoint], { overMs, waitMs: 120_000 });
    const ms = Math.round(performance.now() - began);
    const rate = Math.round(((count() - sent) * 1_000) / ms);
    await Promise.all(busy.map((each) => each.stop()));
    const during = p99(busy);
    note(`${result.moved} of ${sessions} moved in ${ms} ms at ${rate} commands/s; p99 of a call ${before} ms before, ${during} ms during`);
    assert.equal(result, { moved: sessions, stayed: 0 });
    for (const { client, sent, told } of busy) {
      assert.equal(
        seen.get(client.id),
        Array.from({ length: sent }, (_, at) => at),
        "each note once, in order",
      );
      assert.equal([told[0], told[1], told.at(-1)], ["open", "moving", "resumed"]);
      assert.not(told.includes("disconnected"), "never without a connection");
    }
    assert.is([...server.sessions()].length, sessions);
  } finally {
    await server.close();
    await Promise.all(relays.map((each) => each.close()));
  }
}

const test = suite("session/move-many");

test("2,000 sessions at work go over from one TCP relay to another, nothing lost", () =>
  moveAll({ sessions: 2_000, paceMs: 4_000, overMs: 15_000, schemes: ["tcp", "tcp"], relay: (url) => SocketRelay.to(url) }));

test("100 sessions at work go over from a TCP relay to one that speaks WebSocket, nothing lost", () =>
  moveAll({
    sessions: 100,
    paceMs: 200,
    overMs: 1_000,
    schemes: ["tcp", "ws"],
    relay: (url) => new WebSocketRelay(url, (limit) => limit - 1).listen(),
  }));

test.run();
