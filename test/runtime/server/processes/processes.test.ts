import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Player } from "../../../../generated/example/lobby/v1/lobby.ts";
import { Probe } from "../../../../generated/example/probe/v1/probe.ts";
import { type Client, type ConnectOptions, connect, implement } from "../../../../runtime/index.ts";
import { serve } from "../../../../runtime/server.ts";
import { identity } from "../../../support/channel/ends.ts";
import { certificate, StartedProcesses } from "../../../support/server/started-processes.ts";
import { SocketRelay } from "../../../support/session/socket-relay.ts";

export const testTimeoutMs = 240_000;

const test = suite("server/processes");

const started = await StartedProcesses.start(2);
const { serverKey } = started;
test.after(async () => void (await started.close()));

/** Which process has the client's session. */
const processOf = async (client: Client): Promise<string> => (await client.use(Probe).echo({})).text;

async function connectTo(endpoint: string, options: Partial<ConnectOptions> = {}): Promise<Client> {
  return connect({ endpoints: [endpoint], serverKey, tls: { ca: certificate.cert }, backoffBaseMs: 20, log: () => {}, ...options });
}

/** Looks at it turn by turn. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until its client says that, having been caused to. */
async function told(client: Client, type: string, cause: () => void): Promise<void> {
  const feed = client.status();
  await feed.next();
  cause();
  for await (const event of feed) if (event.type === type) return;
}

for (const endpoint of started.endpoints) {
  const { protocol } = new URL(endpoint);

  test(`connections over ${protocol} are shared among the processes`, async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => connectTo(endpoint)));
    const processes = new Set(await Promise.all(clients.map(processOf)));
    assert.is(processes.size, 2);
    await Promise.all(clients.map((client) => client.close()));
  });

  test(`a session over ${protocol} goes on in its process, whichever takes the client's next connection`, async () => {
    const relay = await SocketRelay.to(endpoint);
    const client = await connectTo(relay.endpoint);
    const process = await processOf(client);
    const parked = client.use(Probe).echo({ text: "park" });
    // Processes take connections in turn: of five in a row, some come to the other one.
    for (let cut = 0; cut < 5; cut++) {
      await told(client, "resumed", () => relay.kill());
      assert.is(await processOf(client), process);
    }
    client.use(Probe).note({});
    assert.is((await parked).text, process, "what ran meanwhile is answered");
    await client.close();
    await relay.close();
  });
}

test("whoever is revoked in one process is in all", async () => {
  const clients = await Promise.all(Array.from({ length: 4 }, () => connectTo(started.endpoints[0]!, { credentials: () => "mallory" })));
  const honest = await connectTo(started.endpoints[0]!);
  started.tell("mallory");
  const ends = await Promise.all(clients.map((client) => client.closed));
  assert.equal(new Set(ends.map(({ reason }) => reason)), new Set(["REVOKED"]));
  await processOf(honest);
  await honest.close();
});

test("a group has members in all processes, and each hears what any of them says", async () => {
  const heard = Array.from({ length: 4 }, (): string[] => []);
  const clients = await Promise.all(
    heard.map((lines) => {
      const player = implement(Player, { heard: ({ text }) => void lines.push(text), ready: () => ({}) });
      return connectTo(started.endpoints[0]!, { handlers: [player] });
    }),
  );
  assert.is(new Set(await Promise.all(clients.map(processOf))).size, 2);
  const all = (count: number): Promise<unknown> => until(() => heard.every((lines) => lines.length === count));
  await clients[0]!.use(Probe).noteHigh({ text: "from a process" });
  await all(1);
  started.tell("say from the first");
  await all(2);
  assert.equal(
    heard,
    heard.map(() => ["from a process", "from the first"]),
  );
  await Promise.all(clients.map((client) => client.close()));
});

test("the first process has the clients of all go over to another entrance", async () => {
  const own = await StartedProcesses.start(2);
  const entrance = await SocketRelay.to(own.endpoints[0]!);
  const clients = await Promise.all(Array.from({ length: 4 }, () => connectTo(own.endpoints[0]!, { serverKey: own.serverKey })));
  const homes = await Promise.all(clients.map(processOf));
  own.tell(`move ${entrance.endpoint}`);
  assert.equal(JSON.parse((await own.line())!), { moved: 4, stayed: 0 });
  assert.equal(await Promise.all(clients.map(processOf)), homes);
  await Promise.all(clients.map((client) => client.close()));
  await entrance.close();
  assert.is(await own.close(), 0);
});

test("a move does not wait for a process that only begins: it has no clients to ask", async () => {
  const own = await StartedProcesses.start(2);
  own.tell(`lose ${own.endpoints[0]!}`);
  assert.equal(JSON.parse((await own.line())!), { moved: 0, stayed: 0 });
  assert.is(await own.close(), 0);
});

test("when a process dies, its sessions are lost and say so, the others go on, and another takes its place", async () => {
  const own = await StartedProcesses.start(2);
  const options = { serverKey: own.serverKey };
  const clients = await Promise.all(Array.from({ length: 4 }, () => connectTo(own.endpoints[0]!, options)));
  const homes = await Promise.all(clients.map(processOf));
  const doomed = clients.filter((_, index) => homes[index] === homes[0]);
  const spared = clients.filter((_, index) => homes[index] !== homes[0]);
  process.kill(Number(homes[0]), "SIGKILL");
  const ends = await Promise.all(doomed.map((client) => client.closed));
  assert.equal(new Set(ends.map(({ reason }) => reason)), new Set(["SESSION_UNKNOWN"]));
  const [other] = homes.filter((home) => home !== homes[0]);
  for (const client of spared) assert.is(await processOf(client), other);
  const later = new Set<string>();
  while (later.size < 2 || later.has(homes[0]!)) {
    const client = await connectTo(own.endpoints[0]!, options);
    later.add(await processOf(client));
    await client.close();
  }
  await Promise.all(spared.map((client) => client.close()));
  assert.is(await own.close(), 0);
});

test("a process that cannot be started is tried again, and the others go on meanwhile", async () => {
  const own = await StartedProcesses.start(2);
  const options = { serverKey: own.serverKey };
  const [lost, kept] = own.pids;
  own.tell("program /nonexistent");
  process.kill(lost!, "SIGKILL");
  assert.is(await own.line(), "begun");
  const client = await connectTo(own.endpoints[0]!, options);
  assert.is(await processOf(client), `${kept}`);
  own.tell(`program ${process.execPath}`);
  assert.is(await own.line(), "begun");
  const homes = new Set<string>();
  while (homes.size < 2) {
    const visitor = await connectTo(own.endpoints[0]!, options);
    homes.add(await processOf(visitor));
    await visitor.close();
  }
  assert.is(await processOf(client), `${kept}`);
  await client.close();
  assert.is(await own.close(), 0);
});

test("a session that came back by way of another process does not need that one any more", async () => {
  for (const scheme of ["tcp:", "ws:"]) {
    const own = await StartedProcesses.start(2);
    const endpoint = own.endpoints.find((url) => url.startsWith(scheme))!;
    const relays = await Promise.all(Array.from({ length: 8 }, () => SocketRelay.to(endpoint)));
    const clients = await Promise.all(relays.map((relay) => connectTo(relay.endpoint, { serverKey: own.serverKey })));
    const homes = await Promise.all(clients.map(processOf));
    const kept = clients.filter((_, index) => homes[index] === homes[0]);
    const doomed = clients.find((_, index) => homes[index] !== homes[0])!;
    // Processes take connections in turn: some of these come by way of the other one.
    for (const client of kept) await told(client, "resumed", () => relays[clients.indexOf(client)]!.kill());
    const feeds = kept.map((client) => client.status());
    // The first tells what is; whatever comes next is news.
    for (const feed of feeds) await feed.next();
    const news: string[] = [];
    for (const feed of feeds) void feed.next().then(({ value }) => news.push(value?.type));
    process.kill(Number(await processOf(doomed)), "SIGKILL");
    assert.is((await doomed.closed).reason, "SESSION_UNKNOWN");
    for (const client of kept) assert.is(await processOf(client), homes[0]);
    assert.equal(news, []);
    await Promise.all(clients.map((client) => client.close()));
    await Promise.all(relays.map((relay) => relay.close()));
    assert.is(await own.close(), 0);
  }
});

test("a server that drains answers what is under way in every process, and its processes end", async () => {
  const own = await StartedProcesses.start(2);
  const clients = await Promise.all(Array.from({ length: 4 }, () => connectTo(own.endpoints[0]!, { serverKey: own.serverKey })));
  const parked = clients.map((client) => client.use(Probe).echo({ text: "park" }));
  await Promise.all(clients.map(processOf));
  own.tell("drain");
  await Promise.all(parked);
  assert.is(await own.exited, 0);
});

test("what cannot be shared among processes is refused before any starts", async () => {
  const refused = async (listen: readonly string[], processes: number, why: RegExp): Promise<void> => {
    const failure = await serve({ listen, processes, identity }).then(
      () => undefined,
      (error: Error) => error,
    );
    assert.match(failure?.message ?? "", why);
  };
  await refused(["unix:/tmp/none.sock"], 2, /unix:\/tmp\/none\.sock can only be one process's/);
  await refused(["memory:none"], 2, /memory:none can only be one process's/);
  await refused(["tcp://127.0.0.1:0"], 0, /processes must be a whole number from 1 on/);
  await refused(["tcp://127.0.0.1:0"], 2_000, /at most 1024/);
});

test.run();
