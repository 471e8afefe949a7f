import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../../../runtime/bytes/hex.ts";
import { HALF_OPEN_BYTES } from "../../../../runtime/channel/limits.ts";
import { offerPacket } from "../../../../runtime/channel/preamble.ts";
import { systemRandom } from "../../../../runtime/crypto/random.ts";
import { createIdentity } from "../../../../runtime/keys.ts";
import { type ConnectionNotice, noticeIn } from "../../../../runtime/server/processes/notice.ts";
import type { Router } from "../../../../runtime/server/processes/router.ts";
import { IDENTITY_VARIABLE, ServerProcess, SOCKETS_VARIABLE } from "../../../../runtime/server/processes/server-process.ts";
import { ManualClock } from "../../../../runtime/time/manual-clock.ts";
import { timersOf } from "../../../../runtime/time/timers-of.ts";
import { openGate } from "../../../../runtime/transport/gate.ts";
import type { Transport } from "../../../../runtime/transport/transport.ts";
import { identity } from "../../../support/channel/ends.ts";
import { gather, Wires } from "../../../support/server/wires.ts";
import { listeningAt } from "../../../support/transport/listening.ts";
import { ignore } from "../../../support/transport/websocket.ts";

const test = suite("server/processes/server-process");

/** The connections that this process gave to its primary, whose place the test takes. */
const told: { readonly notice: ConnectionNotice; readonly sent: () => void }[] = [];
const { send } = process;
test.before(() => {
  process.send = (message: unknown, _handle?: unknown, _options?: unknown, sent?: unknown): boolean => {
    const notice = noticeIn(message)!;
    if (notice.kind === "connection") told.push({ notice, sent: sent as () => void });
    return true;
  };
});

const folder = mkdtempSync(path.join(tmpdir(), "zserver-test-"));
process.env[SOCKETS_VARIABLE] = folder;
test.after(() => {
  process.send = send!;
  rmSync(folder, { recursive: true });
});

/** This process as one of several, and the connections that it got. */
async function open(): Promise<{ readonly self: ServerProcess; readonly router: Router; readonly accepted: Transport[] }> {
  const self = new ServerProcess(systemRandom);
  const accepted: Transport[] = [];
  const options = { timers: timersOf(new ManualClock()), timeoutMs: 5_000, gate: openGate };
  const router = await self.open({ ...options, accept: (transport) => void accepted.push(transport) }, (error) => {
    throw error;
  });
  return { self, router, accepted };
}

test("a process with another identity than its primary's is refused, and is told how all get the same", () => {
  process.env[IDENTITY_VARIABLE] = toHex(identity.pair.publicKey);
  assert.not.throws(() => new ServerProcess(systemRandom, identity));
  assert.throws(
    () => new ServerProcess(systemRandom, createIdentity()),
    (error: Error) => error instanceof TypeError && /another `identity`.*`loadIdentity\(path\)` gives all the same/.test(error.message),
  );
  delete process.env[IDENTITY_VARIABLE];
});

const elsewhere = "bb02";
const another = "bb03";
const offer = (route = elsewhere): Uint8Array => offerPacket({ suites: ["x"], route: fromHex(route) });

/** A connection of a client that has said this, which can go over with what stands beside it. */
async function enter(
  router: Router,
  more = new Uint8Array(),
  route = elsewhere,
): Promise<{ readonly got: unknown[]; readonly left: () => number }> {
  const wires = new Wires();
  const [client, server] = wires.pair();
  const got = gather(client);
  let left = 0;
  const leave = (): void => {
    left++;
    server.destroy();
  };
  const passage = { scheme: "tcp", remote: undefined, bytes: more } as const;
  client.write(offer(route));
  void router.enter(Object.assign(server, { detach: () => ({ passage, handle: {}, leave }) }));
  await wires.settle();
  return { got, left: () => left };
}

test("a connection that comes from another process goes in before the server listens everywhere, and is not forgotten once it has closed", async () => {
  const { self, accepted } = await open();
  const come = async (): Promise<void> => {
    const { listener, connect } = await listeningAt("tcp://127.0.0.1:0");
    const { server } = await connect();
    server.start(ignore);
    server.pause();
    const { passage, handle } = server.detach!()!;
    process.emit("message", { zserver: { kind: "connection", route: toHex(self.route), passage } }, handle as never);
    await listener.close();
  };
  await come();
  assert.is(accepted.length, 1);
  self.leave();
  await come();
  assert.is(accepted.length, 2, "the server's door ends it");
  for (const transport of accepted) transport.destroy();
  process.emit("disconnect");
  await self.stopListening();
});

test("a connection leaves with all that was read of it, and is closed here once the primary has it", async () => {
  const { self, router } = await open();
  const { left } = await enter(router, Uint8Array.of(7, 8));
  const { notice, sent } = told.pop()!;
  assert.is(notice.route, elsewhere);
  assert.equal([...notice.passage.bytes], [...offer(), 7, 8]);
  assert.is(left(), 0);
  sent();
  assert.is(left(), 1);
  await self.stopListening();
});

test("connections on their way to others are bounded: the next are led, until the primary has some", async () => {
  const { self, router } = await open();
  for (let count = 0; count < 1_024; count++) await enter(router);
  assert.is(told.length, 1_024);
  await enter(router);
  assert.is(told.length, 1_024);
  for (const { sent } of told.splice(0)) sent();
  // The one before was looked for, and is known not to be there.
  await enter(router, undefined, another);
  assert.is(told.splice(0).length, 1);
  await self.stopListening();
});

test("a client that says more before it is answered than any may is cut, and nothing of it goes to others", async () => {
  const { self, router } = await open();
  const room = HALF_OPEN_BYTES - offer().length;
  await enter(router, new Uint8Array(room));
  assert.is(told.splice(0).length, 1);
  const { left } = await enter(router, new Uint8Array(room + 1));
  assert.is(told.length, 0);
  assert.is(left(), 1);
  await self.stopListening();
});

test.run();
