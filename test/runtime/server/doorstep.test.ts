import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Doorstep } from "../../../runtime/server/doorstep.ts";
import type { Place } from "../../../runtime/transport/gate.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";

const test = suite("server/doorstep");

const connection = (peer: string): Transport => ({ peer }) as Transport;

test("who comes before the server is there waits, with its place, and goes in first when it is", () => {
  const taken: [string, Place | undefined][] = [];
  const doorstep = new Doorstep((transport, place) => taken.push([transport.peer, place]));
  const place: Place = { cut() {}, leave() {} };
  assert.ok(doorstep.empty);
  doorstep.accept(connection("early"), place);
  doorstep.accept(connection("second"));
  assert.not(doorstep.empty);
  assert.equal(taken, []);
  doorstep.open();
  assert.ok(doorstep.empty);
  doorstep.accept(connection("late"));
  assert.equal(
    taken.map(([peer]) => peer),
    ["early", "second", "late"],
  );
  assert.is(taken[0]![1], place);
});

test.run();
