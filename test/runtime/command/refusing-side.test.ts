import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { connectPeers } from "../../support/command/peers.ts";
import { collect } from "../../support/command/probe.ts";
import { end, introduce, item, Kind, known, oneWay, request, volatile } from "../../support/session/probe-frames.ts";
import { rawServer } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const test = suite("command/refusing-side");

test("a client without handlers refuses each kind of command as unimplemented, and the session goes on", async () => {
  const peers = await connectPeers();
  const probe = peers.session.use(Probe);
  const message = `${Probe.commands.echo.name} is not implemented here`;
  assertError(await peers.failure(probe.echo({})), "UNIMPLEMENTED", "NOT_RUN", message);
  assertError(await peers.failure(collect(probe.down({}))), "UNIMPLEMENTED", "NOT_RUN");
  assertError(await peers.failure(probe.up([{ number: 1 }, { number: 2 }])), "UNIMPLEMENTED", "NOT_RUN");
  assertError(await peers.failure(collect(probe.both([{ number: 1 }]))), "UNIMPLEMENTED", "NOT_RUN");
  await peers.until(probe.note({}));
  probe.blip({});
  await peers.clock.settle(0);
  assert.is(peers.client.stats().oneWaysRefused, 2);
  assert.is(peers.client.stats().commandsHandled, 0);
  assert.is(peers.client.state, "open");
  await peers.close();
});

test("what depends on a refused command of its batch is aborted", async () => {
  const peers = await connectPeers();
  const batch = peers.session.batch((b) => [b.use(Probe).echo({}), b.use(Probe).note({}), b.use(Probe).echo({})], { stopOnError: true });
  const [first, , last] = await peers.until(batch);
  assertError((first as PromiseRejectedResult).reason, "UNIMPLEMENTED", "NOT_RUN");
  assertError((last as PromiseRejectedResult).reason, "ABORTED", "NOT_RUN", /the command before it in its batch failed/);
  await peers.close();
});

test("credit for refused commands comes back", async () => {
  const peers = await connectPeers({ connect: { limits: { queuedCommands: 4, queuedBytes: 1_000 } } });
  const probe = peers.session.use(Probe);
  const refused = Array.from({ length: 40 }, () => caught(probe.echo({ text: "x".repeat(100) })));
  for (const failure of refused) assertError(await peers.until(failure), "UNIMPLEMENTED", "NOT_RUN");
  await peers.close();
});

test("a peer that takes no answers gets no more credit than it had", async () => {
  const world = new World();
  const [raws] = [rawServer(world), await world.connect({ handlers: [], limits: { queuedCommands: 4, outboxBytes: 100 } })];
  const [raw] = raws;
  const send = (id: number): Promise<void> => raw!.send(request(id, id === 2 ? introduce("Echo", Kind.UNARY) : known(1)));
  for (let id = 2; id <= 8; id += 2) await send(id);
  assert.is(raw!.ofType(FrameType.FAIL).length, 4);
  assert.is(raw!.ofType(FrameType.CREDIT).length, 0);
  await send(10);
  assert.match(raw!.closed?.message ?? "", /without credit/);
});

test("commands that break the protocol end the session, as they do where there are handlers", async () => {
  const first = request(2, introduce("Echo", Kind.UNARY));
  const illegal: readonly (readonly [frames: readonly Uint8Array[], message: RegExp])[] = [
    [[first, request(2, known(1))], /command id 2 does not follow 2/],
    [[request(3, introduce("Echo", Kind.UNARY))], /command id 3 does not follow 0/],
    [[request(2, known(7))], /command number 7 was never introduced/],
    [[volatile(1)], /command number 1 was never introduced/],
    [[request(2, introduce("Echo", Kind.UNARY), undefined, 4)], /unknown command flags 4/],
    [[oneWay(introduce("Note", Kind.ONE_WAY), undefined, 2)], /depends on the one before it, which is not ordered/],
    [[first, item(4)], /command 4 was never started/],
    [[first, end(4)], /command 4 was never started/],
  ];
  for (const [frames, message] of illegal) {
    const world = new World();
    const [raws] = [rawServer(world), await world.connect({ handlers: [] })];
    await raws[0]!.send(...frames);
    assert.match(raws[0]!.closed?.message ?? "", message);
  }
});

test("what a refused command still sends is ignored", async () => {
  const world = new World();
  const [raws, client] = [rawServer(world), await world.connect({ handlers: [] })];
  await raws[0]!.send(request(2, introduce("Up", Kind.UP)), item(2), end(2));
  assert.is(raws[0]!.ofType(FrameType.FAIL).length, 1);
  assert.is(client.state, "open");
});

test("no token was made where there is no handler", async () => {
  const peers = await connectPeers();
  const { later } = Probe.commands;
  assertError(
    await peers.failure(peers.client.reply(later, "token", {})),
    "PERMISSION_DENIED",
    "MAY_HAVE_RUN",
    /its token was not made here/,
  );
  assertError(await peers.failure(peers.server.reply(later, "token", {})), "PERMISSION_DENIED", "MAY_HAVE_RUN");
  await peers.close();
});

test.run();
