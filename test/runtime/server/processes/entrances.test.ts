import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { parseEntranceList } from "../../../../runtime/discovery/entrance-list.ts";
import { type Client, connect } from "../../../../runtime/index.ts";
import { identity, native } from "../../../support/channel/ends.ts";
import { StartedProcesses } from "../../../support/server/started-processes.ts";
import { SocketRelay } from "../../../support/session/socket-relay.ts";

export const testTimeoutMs = 120_000;

const test = suite("server/processes/entrances");

const given = "tcp://given.example:7000";
const later = "tcp://later.example:7000";
const newest = "tcp://newest.example:7000";

const own = await StartedProcesses.start(2, { TEST_ENTRANCES: given });
test.after(async () => void (await own.close()));

/** A client, and what its process is, and which entrances it is told. */
class Visitor {
  readonly told: string[] = [];
  readonly #waiting = new Map<string, () => void>();
  client!: Client;
  home = "";

  static async come(): Promise<Visitor> {
    const visitor = new Visitor();
    const onEntrances = (list: string): void => {
      const { endpoints } = parseEntranceList(native, identity.pair.publicKey, list);
      visitor.told.push(...endpoints.map(({ endpoint }) => endpoint.url));
      visitor.#waiting.get(visitor.told.at(-1)!)?.();
    };
    visitor.client = await connect({ endpoints: [own.endpoints[0]!], serverKey: own.serverKey, onEntrances, log: () => {} });
    visitor.home = (await visitor.client.use(Probe).echo({})).text;
    return visitor;
  }

  /** Resolves when it is told this one. */
  async hears(url: string): Promise<void> {
    if (!this.told.includes(url)) await new Promise<void>((resolve) => this.#waiting.set(url, resolve));
  }
}

/** One visitor in each of the processes, none of which is this one. */
async function everywhere(not = ""): Promise<Visitor[]> {
  const visitors = new Map<string, Visitor>();
  while (visitors.size < 2) {
    const visitor = await Visitor.come();
    if (visitor.home === not || visitors.has(visitor.home)) await visitor.client.close();
    else visitors.set(visitor.home, visitor);
  }
  return [...visitors.values()];
}

test("the clients of all processes are told the same list, and a process that begins later tells the one that is true by then", async () => {
  const visitors = await everywhere();
  await Promise.all(visitors.map((visitor) => visitor.hears(given)));
  own.tell(`entrances ${later}`);
  await Promise.all(visitors.map((visitor) => visitor.hears(later)));
  const dead = visitors[0]!.home;
  process.kill(Number(dead), "SIGKILL");
  const successors = await everywhere(dead);
  await Promise.all(successors.map((visitor) => visitor.hears(later)));
  own.tell(`entrances ${newest}`);
  await Promise.all(successors.map((visitor) => visitor.hears(newest)));
  for (const { told } of successors) assert.is(told.at(-1), newest);
  // Whatever they were told, they live.
  for (const { client, home } of successors) assert.is((await client.use(Probe).echo({})).text, home);
  await Promise.all([...visitors, ...successors].map(({ client }) => client.close()));
});

test("a process whose program has given it a newer list goes on with that, and moves nobody", async () => {
  const visitors = await everywhere();
  const [one] = visitors;
  const entrance = await SocketRelay.to(own.endpoints[0]!);
  one!.client.use(Probe).noteHigh({ text: `entrances ${given}` });
  await one!.hears(given);
  own.tell(`move ${entrance.endpoint}`);
  assert.equal(JSON.parse((await own.line())!), { moved: 1, stayed: 1 });
  assert.is(one!.told.at(-1), given);
  for (const { client, home } of visitors) assert.is((await client.use(Probe).echo({})).text, home);
  await Promise.all(visitors.map(({ client }) => client.close()));
  await entrance.close();
});

test("a server moves any number of times, and nothing is left of each", async () => {
  const quiet = await StartedProcesses.start(2);
  for (let move = 0; move < 12; move++) {
    quiet.tell(`move tcp://${move}.example:7000`);
    assert.equal(JSON.parse((await quiet.line())!), { moved: 0, stayed: 0 });
  }
  assert.is(await quiet.close(), 0);
});

test.run();
