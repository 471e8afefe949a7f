import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SignedEntrances } from "../../../generated/zserver/protocol/v1/entrances.ts";
import { ClientHello } from "../../../generated/zserver/protocol/v1/session.ts";
import {
  ENTRANCE_LIST_BYTES,
  type EntranceInit,
  EntranceListError,
  formatEntranceList,
  parseEntranceList,
  signEntranceList,
} from "../../../runtime/discovery/entrance-list.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { identity, native, otherIdentity } from "../../support/channel/ends.ts";
import { frame } from "../../support/session/frames.ts";
import { MovingWorld, twoEntrances } from "../../support/session/moving.ts";
import { rawClient, rawServer } from "../../support/session/raw-peer.ts";
import { serverKey, World } from "../../support/session/world.ts";

const test = suite("session/entrances");
const { ENTRANCES, MOVE, CLIENT_HELLO } = FrameType;
const retained = { retentionMs: 300_000 };

const signed = (entrances: readonly EntranceInit[], version: bigint, by = identity) =>
  signEntranceList(native, by.pair, entrances, version);
const entrances = (list: readonly EntranceInit[], version: bigint, by = identity): Uint8Array =>
  frame(ENTRANCES, signed(list, version, by).bytes);
/** Version and URLs of what a program was given to keep. */
const kept = (saved: string) => {
  const { version, endpoints } = parseEntranceList(native, identity.pair.publicKey, saved);
  return [version, ...endpoints.map(({ endpoint }) => endpoint.url)];
};

test("a client adopts the list of its server, keeps it, and begins with it at the next run", async () => {
  const world = new MovingWorld();
  await world.serve({ ...retained, ...twoEntrances, entrances: ["memory:second"] });
  const saved: string[] = [];
  const client = await world.connect({ ...retained, onEntrances: (text) => void saved.push(text) });
  assert.is(saved.length, 1);
  assert.equal(kept(saved[0]!).slice(1), ["memory:second"]);
  await world.until(client.close(), 10_000);
  const again = await world.connect({ ...retained, entrances: saved[0]!, onEntrances: (text) => void saved.push(text) });
  assert.equal([again.peer, saved.length], ["memory:second", 1], "it is not told what it has");
});

test("when nothing of the list answers, the endpoints that were configured do", async () => {
  const world = new MovingWorld();
  await world.serve(retained);
  const saved = formatEntranceList(signed(["memory:nowhere", "memory:gone"], 5n));
  const client = await world.until(world.connecting({ ...retained, entrances: saved }), 10_000);
  assert.equal(world.names.slice(-1), ["server"]);
  assert.ok(world.names.includes("nowhere") && world.names.includes("gone"));
  assert.ok(await world.answers(client));
});

test("a kept list that is forged, another server's or damaged is logged and not used", async () => {
  for (const saved of [formatEntranceList(signed(["memory:second"], 5n, otherIdentity)), "zse_abc", "", "rubbish"]) {
    const world = new MovingWorld();
    await world.serve(retained);
    await world.connect({ ...retained, entrances: saved });
    assert.equal(world.names, ["server"]);
    assert.equal(
      world.log.map(({ level, error }) => [level, error instanceof EntranceListError]),
      [["warn", true]],
    );
  }
});

test("a kept list cannot be verified without the server's key", async () => {
  const world = new World();
  const saved = formatEntranceList(signed(["memory:second"], 5n));
  const error = await world.failure(world.connecting({ serverKey: () => true, entrances: saved }));
  assert.match(String(error), /needs the server's key as a string/);
});

test("only a newer list is adopted, whatever the order in which lists come", async () => {
  const world = new World();
  const peers = rawServer(world);
  const saved: string[] = [];
  const client = await world.connect({ onEntrances: (text) => void saved.push(text) });
  const [raw] = peers;
  await raw!.send(entrances(["memory:a"], 7n), entrances(["memory:b"], 7n), entrances(["memory:c"], 6n), entrances(["memory:d"], 8n));
  assert.equal(saved.map(kept), [
    [7n, "memory:a"],
    [8n, "memory:d"],
  ]);
  assert.is(client.state, "open");
});

test("a list that is forged, malformed or too large ends the session", async () => {
  const { bytes } = signed(["memory:a"], 7n);
  const flipped = bytes.slice();
  flipped[bytes.length - 1]! ^= 1;
  const wrong = {
    "another identity's": frame(ENTRANCES, signed(["memory:a"], 7n, otherIdentity).bytes),
    "of a signature that does not fit": frame(ENTRANCES, flipped),
    malformed: frame(ENTRANCES, 0x0a, 0xff),
    "too large": frame(ENTRANCES, encode(SignedEntrances, { list: new Uint8Array(ENTRANCE_LIST_BYTES + 1) })),
  };
  for (const [what, list] of Object.entries(wrong)) {
    const world = new World();
    const peers = rawServer(world);
    const saved: string[] = [];
    const client = await world.connect({ onEntrances: (text) => void saved.push(text) });
    await peers[0]!.send(list);
    assert.is((await client.closed).reason, "PROTOCOL_ERROR", what);
    assert.equal(saved, [], what);
  }
});

test("a list leads nobody to sockets of its own machine who was not configured for such", async () => {
  const world = new MovingWorld();
  await world.serve({ ...retained, entrances: ["unix:/run/other.sock", { url: "memory:nowhere", priority: 1 }] });
  const client = await world.connect(retained);
  world.cut();
  await world.settle(10_000);
  assert.is(client.state, "open");
  assert.equal([...new Set(world.names)].sort(), ["nowhere", "server"]);
  assert.equal(world.log, [], "the unix socket was not tried");
});

test("while the program keeps a list only the newest other one waits, and a failure to keep one is logged", async () => {
  const world = new World();
  const server = await world.serve(retained);
  const saved: unknown[] = [];
  await world.connect({
    ...retained,
    onEntrances: async (text) => {
      const [version] = kept(text);
      await new Promise<void>((resolve) => void world.clock.setTimer(version === 1n ? 1_000 : 1, resolve));
      if (version === 1n) throw new Error("the disk is full");
      saved.push(version);
    },
  });
  for (const version of [1n, 2n, 3n]) server.setEntrances(["memory:server"], { version });
  await world.settle(2_000);
  assert.equal(saved, [3n]);
  assert.match(String(world.log[0]?.message), /onEntrances failed/);
});

test("a client says which list it has", async () => {
  const world = new World();
  const peers = rawServer(world);
  const list = formatEntranceList(signed(["memory:server"], 9n));
  await world.connect({ serverKey, entrances: list });
  assert.is(decode(ClientHello, peers[0]!.ofType(CLIENT_HELLO)[0]!.body).entrancesVersion, 9n);
  await world.connect({ serverKey });
  assert.is(decode(ClientHello, peers[1]!.ofType(CLIENT_HELLO)[0]!.body).entrancesVersion, 0n);
});

test("a server's lists have rising versions, by the clock unless it says otherwise", async () => {
  const world = new World();
  const server = await world.serve({ ...retained, entrances: ["memory:a"] });
  const saved: string[] = [];
  await world.connect({ ...retained, onEntrances: (text) => void saved.push(text) });
  const sets = [
    () => server.setEntrances(["memory:b"]),
    () => server.setEntrances(["memory:c"]),
    () => server.setEntrances(["memory:d"], { version: 10n ** 15n }),
    () => server.setEntrances(["memory:e"]),
    () => server.setEntrances(formatEntranceList(signed(["memory:f"], 10n ** 16n))),
  ];
  for (const set of sets) {
    set();
    await world.settle();
  }
  const versions = saved.map((text) => kept(text)[0] as bigint);
  assert.equal(
    versions,
    [...versions].sort((a, b) => (a < b ? -1 : 1)),
  );
  assert.equal(
    saved.map((text) => kept(text)[1]),
    ["a", "b", "c", "d", "e", "f"].map((name) => `memory:${name}`),
  );
  for (const version of [10n ** 15n, 10n ** 16n, 0n]) assert.throws(() => server.setEntrances(["memory:g"], { version }), /version/);
  const foreign = formatEntranceList(signed(["memory:g"], 10n ** 17n, otherIdentity));
  assert.throws(
    () => server.setEntrances(foreign),
    (error: unknown) => error instanceof EntranceListError,
  );
});

test("an unsealed server has nobody to sign for it", async () => {
  const world = new World();
  const server = await world.serve({ unsealed: true });
  assert.throws(() => server.setEntrances(["memory:a"]), /seals nothing/);
  const refused = await world.failure(world.serve({ unsealed: true, listen: ["memory:x"], entrances: ["memory:a"] }));
  assert.match(String(refused), /seals nothing/);
});

test("the frames of entrances come from servers only", async () => {
  for (const type of [ENTRANCES, MOVE]) {
    const world = new World();
    await world.serve();
    const raw = await rawClient(world);
    await raw.send(frame(type, signed(["memory:a"], 7n).bytes));
    assert.is(raw.closed?.reason, "PROTOCOL_ERROR");
  }
});

test.run();
