import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { type Client, connect } from "../../../../runtime/index.ts";
import { StartedProcesses } from "../../../support/server/started-processes.ts";
import { SocketRelay } from "../../../support/session/socket-relay.ts";

export const testTimeoutMs = 120_000;

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
      const options = { endpoints: [relay.endpoint], serverKey: started.serverKey, backoffBaseMs: 20, log: () => {}, attemptTimeoutMs };
      const client = await connect(options);
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

test.run();
