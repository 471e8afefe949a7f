import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { concatBytes } from "../../../../runtime/bytes/concat.ts";
import { fromHex } from "../../../../runtime/bytes/hex.ts";
import { offerPacket } from "../../../../runtime/channel/preamble.ts";
import { type Client, type CommandError, connect, type HandoverStats } from "../../../../runtime/index.ts";
import { opcodes } from "../../../../runtime/transport/websocket-header.ts";
import { certificate, StartedProcesses } from "../../../support/server/started-processes.ts";
import { SocketRelay } from "../../../support/session/socket-relay.ts";
import { clientFrame } from "../../../support/transport/client-frames.ts";

export const testTimeoutMs = 240_000;

const test = suite("server/processes/handovers");

/** Which process has the client's session. */
const processOf = async (client: Client): Promise<string> => (await client.use(Probe).echo({})).text;

/** Descriptors of sockets that a process has; undefined where nothing tells. */
function descriptorsOf(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Clients of a server, each of which can be cut off from it. */
class Town {
  readonly clients: Client[] = [];
  readonly homes: string[] = [];
  readonly #relays: SocketRelay[] = [];

  /** @param attemptTimeoutMs so long that whoever waits for it waits for ever */
  static async of(started: StartedProcesses, endpoint: string, count: number, attemptTimeoutMs = 600_000): Promise<Town> {
    const town = new Town();
    for (let made = 0; made < count; made++) {
      const relay = await SocketRelay.to(endpoint);
      const client = await connect({
        endpoints: [relay.endpoint],
        serverKey: started.serverKey,
        tls: { ca: certificate.cert },
        backoffBaseMs: 20,
        attemptTimeoutMs,
        log: () => {},
      });
      town.#relays.push(relay);
      town.clients.push(client);
      town.homes.push(await processOf(client));
    }
    return town;
  }

  /** Which of the clients are at home there. */
  at(home: string): Client[] {
    return this.clients.filter((_, index) => this.homes[index] === home);
  }

  cut(client: Client): void {
    this.#relays[this.clients.indexOf(client)]!.kill();
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await Promise.all(this.#relays.map((relay) => relay.close()));
  }
}

/** Waits until its client says that, having been caused to. */
async function told(client: Client, type: string, cause: () => void): Promise<void> {
  const feed = client.status();
  await feed.next();
  cause();
  for await (const event of feed) if (event.type === type) return;
}

/** Looks at it turn by turn. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test("connections on their way to a process that dies come back, and their clients hear that their sessions are lost", async () => {
  const own = await StartedProcesses.start(2);
  const town = await Town.of(own, own.endpoints[0]!, 40);
  const [home] = town.homes;
  const doomed = town.at(home!);
  const before = descriptorsOf(own.pid);
  process.kill(Number(home), "SIGSTOP");
  const trying = doomed.map((client) => told(client, "trying", () => town.cut(client)));
  await Promise.all(trying);
  // All but the few that node:cluster offers to the one that stands still come by way of the other one, and wait in the first.
  if (before !== undefined) await until(() => descriptorsOf(own.pid)! > before + doomed.length / 2);
  process.kill(Number(home), "SIGKILL");
  const ends = await Promise.all(doomed.map((client) => client.closed));
  assert.equal(new Set(ends.map(({ reason }) => reason)), new Set(["SESSION_UNKNOWN"]));
  if (before !== undefined) await until(() => descriptorsOf(own.pid)! <= before + 4);
  await town.close();
  assert.is(await own.close(), 0);
});

test("who comes back to a process that drains hears at once that the session is lost, and does not ask until that has ended", async () => {
  const own = await StartedProcesses.start(2);
  const town = await Town.of(own, own.endpoints[0]!, 8);
  const home = town.homes[0]!;
  const [lost, busy, idle] = town.at(home);
  const held = [lost!, busy!].map((client) => client.use(Probe).echo({ text: "hold" }));
  const failed = held[0]!.catch(({ code }: CommandError) => code);
  idle!.use(Probe).noteHigh({ text: "drain" });
  await idle!.closed;
  town.cut(lost!);
  assert.is((await lost!.closed).reason, "SESSION_UNKNOWN");
  assert.is(await failed, "SESSION_LOST");
  assert.ok(lives(Number(home)), "it has not ended");
  busy!.use(Probe).note({});
  assert.is((await held[1]!).text, home);
  await until(() => !lives(Number(home)));
  await town.close();
  assert.is(await own.close(), 0);
});

test("a server that closes ends what is on its way between its processes", async () => {
  for (const scheme of ["tcp:", "tls:"]) {
    const own = await StartedProcesses.start(2);
    const town = await Town.of(own, own.endpoints.find((url) => url.startsWith(scheme))!, 12);
    await Promise.all(town.clients.map((client) => told(client, "trying", () => town.cut(client))));
    assert.is(await own.close(), 0);
    assert.not(own.pids.some(lives));
    await town.close();
  }
});

test("when the first process dies, nobody serves any more: its processes end, whatever is on its way between them, and nothing of it stays on the disk", async () => {
  const own = await StartedProcesses.start(2);
  const town = await Town.of(own, own.endpoints[0]!, 8);
  const folder = (await town.clients[0]!.use(Probe).echo({ text: "sockets" })).text;
  assert.ok(existsSync(folder));
  const trying = town.clients.map((client) => told(client, "trying", () => town.cut(client)));
  process.kill(own.pid, "SIGKILL");
  await own.exited;
  await until(() => !own.pids.some(lives));
  assert.not(existsSync(folder));
  await Promise.all(trying);
  await town.close();
});

test("an operator sees how many connections went over, and how many are relayed", async () => {
  const own = await StartedProcesses.start(2);
  const handovers = async (client: Client): Promise<HandoverStats> =>
    JSON.parse((await client.use(Probe).echo({ text: "handovers" })).text);
  for (const scheme of ["tcp:", "tls:"]) {
    const town = await Town.of(own, own.endpoints.find((url) => url.startsWith(scheme))!, 4);
    const each = [...new Set(town.homes)].map((home) => town.at(home)[0]!);
    assert.is(each.length, 2);
    const sum = async (): Promise<HandoverStats> => {
      const [one, other] = await Promise.all(each.map(handovers));
      const add = (name: keyof HandoverStats): number => one![name] + other![name];
      return { handedOver: add("handedOver"), takenOver: add("takenOver"), relayed: add("relayed") };
    };
    // Processes take connections in turn: of those of one process, every other one comes by way of the other.
    const wanted = scheme === "tcp:" ? "takenOver" : "relayed";
    let all = await sum();
    while (all[wanted] === 0) {
      for (const client of town.at(town.homes[0]!)) {
        await told(client, "resumed", () => town.cut(client));
        await processOf(client);
      }
      all = await sum();
    }
    own.tell("handovers");
    const { handedOver } = JSON.parse((await own.line())!) as HandoverStats;
    assert.is(all.takenOver, handedOver);
    assert.is(all.handedOver, handedOver);
    if (scheme === "tcp:") assert.is(all.relayed, 0);
    await town.close();
  }
  assert.is(await own.close(), 0);
});

/** What a client does once it has said something. */
const endings: Readonly<Record<string, (socket: Socket) => void>> = {
  FIN: (socket) => socket.end(),
  RST: (socket) => socket.resetAndDestroy(),
  silence: () => {},
};

for (const scheme of ["tcp:", "ws:"]) {
  test(`whatever a client says over ${scheme} and wherever it breaks off, each process has as many descriptors afterwards as before`, async () => {
    const own = await StartedProcesses.start(2);
    const endpoint = new URL(own.endpoints.find((url) => url.startsWith(scheme))!);
    const town = await Town.of(own, endpoint.href, 2);
    const folder = (await town.clients[0]!.use(Probe).echo({ text: "sockets" })).text;
    const pids = [own.pid, ...town.homes.map(Number)];
    const count = (): (number | undefined)[] => pids.map(descriptorsOf);
    const before = count();
    const routes = [...readdirSync(folder), "00".repeat(8), "ff".repeat(17)];
    const sockets = routes.flatMap((route) =>
      Object.entries(pieces(scheme, route)).flatMap(([, said]) => Object.values(endings).map((end) => ({ said, end }))),
    );
    for (let round = 0; round < 3; round++) {
      const open = await Promise.all(sockets.map(({ said, end }) => say(endpoint, scheme, said, end)));
      for (const client of town.clients) {
        await told(client, "resumed", () => town.cut(client));
        // A connection that was good for something is followed by the next one at once.
        await processOf(client);
      }
      for (const socket of open) socket.destroy();
    }
    await until(() => count().every((now, index) => (now ?? 0) <= (before[index] ?? 0)));
    for (const [index, client] of town.clients.entries()) assert.is(await processOf(client), town.homes[index]);
    await town.close();
    assert.is(await own.close(), 0);
  });
}

/** Beginnings of a connection that shows a route, some of which are none. */
function pieces(scheme: string, route: string): Readonly<Record<string, Uint8Array>> {
  const offer = offerPacket({ suites: ["Noise_XX_25519_AESGCM_SHA256"], route: fromHex(route) });
  const frame = (opcode: number, payload: Uint8Array): Uint8Array => (scheme === "tcp:" ? payload : clientFrame({ opcode, payload }));
  const whole = frame(opcodes.binary, offer);
  const more = (bytes: Uint8Array): Uint8Array => concatBytes(whole, bytes);
  return {
    "half an offer": whole.subarray(0, whole.length / 2),
    "an offer": whole,
    "an offer and half of what follows": more(frame(opcodes.binary, new Uint8Array(80)).subarray(0, 40)),
    "an offer and a ping": more(frame(opcodes.ping, Uint8Array.of(1, 2))),
    "an offer and a close": more(frame(opcodes.close, Uint8Array.of(3, 232))),
    "an offer and nonsense": more(new Uint8Array(100).fill(0xff)),
    "an offer and a flood": more(frame(opcodes.binary, new Uint8Array(60_000))),
  };
}

/** A connection on which this was said. */
async function say({ hostname, port }: URL, scheme: string, said: Uint8Array, end: (socket: Socket) => void): Promise<Socket> {
  const socket = connectSocket({ host: hostname, port: Number(port) }).on("error", () => {});
  await once(socket, "connect");
  if (scheme === "ws:") {
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: zserver\r\n\r\n`,
    );
    await once(socket, "data");
  }
  await new Promise((resolve) => socket.write(said, resolve));
  end(socket);
  return socket;
}

test.run();
