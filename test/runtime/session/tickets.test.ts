import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Offer } from "../../../generated/zserver/protocol/v1/handshake.ts";
import { RecordKind } from "../../../runtime/channel/channel.ts";
import { decode } from "../../../runtime/schema/codec.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import type { EndError } from "../../../runtime/session/session-end.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { from } from "../../support/session/addresses.ts";
import { rawClient } from "../../support/session/raw-peer.ts";
import { World } from "../../support/session/world.ts";

const { TICKET, ENTRANCES, MOVE } = FrameType;

/** A world with addresses that notes the ticket of each offer. */
function watched(): { world: World; tickets: Uint8Array[]; transports: Transport[] } {
  const tickets: Uint8Array[] = [];
  const transports: Transport[] = [];
  const addressed = from(() => "192.0.2.1");
  const wire = (transport: Transport, side: "client" | "server"): Transport => {
    if (side === "client") transports.push(transport);
    if (side === "server") return addressed(transport, side);
    const write = transport.write.bind(transport);
    let offered = false;
    transport.write = (bytes) => {
      if (!offered) tickets.push(decode(Offer, bytes.subarray(7, 2 + ((bytes[0]! << 8) | bytes[1]!))).ticket.slice());
      offered = true;
      return write(bytes);
    };
    return transport;
  };
  return { world: new World({ wire }), tickets, transports };
}

const test = suite("session/tickets");

test("a client shows at its next connection the ticket that it got over the last, and with it passes an address that is over its limit", async () => {
  const { world, tickets, transports } = watched();
  await world.serve({ retentionMs: 60_000, door: { connectionBurst: 50, connectionsPerSecond: 1 } });
  const client = await world.connect({ retentionMs: 60_000 });
  const shown = [tickets.length - 1];
  for (let round = 0; round < 3; round++) {
    const mine = transports.at(-1)!;
    for (let count = 0; count < 25; count++) await rawClient(world, { hello: false });
    mine.destroy();
    await world.settle(5_000);
    shown.push(tickets.length - 1);
    assert.ok(await world.answers(client), `round ${round}: the session goes on`);
  }
  assert.equal(
    shown.map((at) => tickets[at]!.length > 0),
    [false, true, true, true],
  );
  assert.is(new Set(shown.map((at) => String(tickets[at]))).size, 4, "each time another ticket");
  const error = (await world.failure(world.connecting({ connectTimeoutMs: 100 }), 500)) as EndError;
  assert.is(error.reason, "OVERLOADED");
});

test("a ticket can wait and takes no class of its own; what moves a session goes before its commands, in class CONTROL", async () => {
  const { world } = watched();
  const server = await world.serve({ retentionMs: 60_000 });
  const raw = await rawClient(world);
  const classesOf = (type: FrameType): string[] =>
    (["NORMAL", "CONTROL"] as const).filter((name) => raw.framesIn(RecordKind[name]).some((frame) => frame.type === type));
  assert.equal(classesOf(TICKET), ["NORMAL"]);
  void server.moveTo(["memory:elsewhere"], { overMs: 1 }).catch(() => {});
  await world.settle(10);
  assert.equal([classesOf(ENTRANCES), classesOf(MOVE)], [["CONTROL"], ["CONTROL"]]);
});

test.run();
