import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Tickets } from "../../../../runtime/server/door/tickets.ts";
import { native, seededRandom } from "../../../support/channel/ends.ts";

const LIFETIME_MS = 80_000;

function tickets(seed = 1, perWindow?: number): { readonly tickets: Tickets; pass(ms: number): void } {
  let now = 5_000;
  return {
    tickets: new Tickets({ crypto: native, random: seededRandom(seed), now: () => now, lifetimeMs: LIFETIME_MS, perWindow }),
    pass(ms) {
      now += ms;
    },
  };
}

const test = suite("server/door/tickets");

test("each ticket is honoured once, in any order", () => {
  const { tickets: some } = tickets();
  const issued = Array.from({ length: 100 }, () => some.issue());
  assert.is(new Set(issued.map(String)).size, 100);
  assert.ok(issued.every(({ length }) => length <= 64));
  for (const ticket of issued.toReversed()) assert.ok(some.redeem(ticket));
  for (const ticket of issued) assert.not(some.redeem(ticket));
});

test("no byte of a ticket may be another, and none of another server's is honoured", () => {
  const { tickets: some } = tickets();
  const ticket = some.issue();
  some.issue();
  for (let at = 0; at < ticket.length; at++) assert.not(some.redeem(ticket.with(at, ticket[at]! ^ 1)), `byte ${at}`);
  for (const other of [new Uint8Array(0), ticket.subarray(1), new Uint8Array([...ticket, 0]), tickets(2).tickets.issue()])
    assert.not(some.redeem(other));
  assert.ok(some.redeem(ticket));
});

test("a ticket is honoured for its lifetime, and not much longer", () => {
  const { tickets: some, pass } = tickets();
  const [early, late] = [some.issue(), some.issue()];
  pass(LIFETIME_MS - 1);
  assert.ok(some.redeem(early));
  pass(LIFETIME_MS / 8 + 1);
  assert.not(some.redeem(late));
});

test("what is remembered is bounded: with very many tickets the oldest are forgotten early", () => {
  const { tickets: some } = tickets(1, 64);
  const first = some.issue();
  for (let count = 1; count < 64 * 7; count++) some.issue();
  const recent = some.issue();
  assert.ok(some.redeem(first));
  for (let count = 1; count < 64; count++) some.issue();
  const other = some.issue();
  assert.ok(some.redeem(recent));
  assert.ok(some.redeem(other));
  assert.not(some.redeem(first));
});

test.run();
