import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chanceOf } from "../../../../runtime/discovery/chance.ts";
import { type HalfOpen, Places } from "../../../../runtime/server/door/places.ts";
import { seededRandom } from "../../../support/channel/ends.ts";

/** Takes a place and notes when it is cut. */
function enter(places: Places, cut: HalfOpen[]): HalfOpen {
  const { connection } = places.enter(() => void cut.push(connection));
  return connection;
}

const test = suite("server/door/places");

test("a newcomer beyond the limit takes the place of one at random, whichever came first", () => {
  const places = new Places(100, chanceOf(seededRandom(1)));
  const cut: HalfOpen[] = [];
  const all = Array.from({ length: 600 }, () => enter(places, cut));
  assert.is(places.size, 100);
  assert.is(cut.length, 500);
  assert.is(new Set(cut).size, 500, "nobody twice");
  const here = new Set(places.values());
  assert.is(here.size, 100);
  assert.ok(cut.every((one) => !here.has(one)));
  const late = all.slice(-100).filter((one) => here.has(one)).length;
  // Were it the oldest that goes, all of the last hundred would be here; were it the newest, none.
  assert.ok(late > 40 && late < 80, `${late} of the last hundred are here`);
});

test("whoever has shown a ticket stays while anybody without one is here", () => {
  const places = new Places(10, chanceOf(seededRandom(2)));
  const cut: HalfOpen[] = [];
  const guests = Array.from({ length: 6 }, () => enter(places, cut));
  for (const guest of guests) places.honour(guest);
  for (let count = 0; count < 200; count++) enter(places, cut);
  assert.is(places.size, 10);
  assert.ok(guests.every((guest) => !cut.includes(guest)));
  for (let count = 0; count < 4; count++) places.honour(places.values().find(({ ticketed }) => !ticketed)!);
  enter(places, cut);
  assert.is(places.size, 10);
  assert.ok(cut.at(-1)!.ticketed, "where all have one, one of them goes");
});

test("a place that was left is free, and leaving twice frees no other", () => {
  const places = new Places(3, chanceOf(seededRandom(3)));
  const cut: HalfOpen[] = [];
  const [first, second] = [enter(places, cut), enter(places, cut), enter(places, cut)];
  first.leave();
  first.leave();
  assert.is(places.size, 2);
  enter(places, cut);
  assert.equal(cut, []);
  second!.leave();
  enter(places, cut);
  assert.equal(cut, []);
});

test.run();
