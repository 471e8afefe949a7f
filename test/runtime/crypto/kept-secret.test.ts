import { suite } from "uvu";
import * as assert from "uvu/assert";
import { KeptSecret } from "../../../runtime/crypto/kept-secret.ts";

const secretOf = (value: number): Uint8Array => new Uint8Array(32).fill(value);

const test = suite("crypto/kept-secret");

test("each of many secrets keeps its own bytes, whoever else is wiped meanwhile", () => {
  const kept = Array.from({ length: 200 }, (_, index) => new KeptSecret(secretOf(index)));
  for (const [index, secret] of kept.entries()) if (index % 3 === 0) secret.wipe();
  const later = Array.from({ length: 100 }, (_, index) => new KeptSecret(secretOf(200 + (index % 50))));
  for (const [index, secret] of kept.entries()) assert.equal(secret.bytes.slice(), secretOf(index % 3 === 0 ? 0 : index));
  for (const [index, secret] of later.entries()) assert.equal(secret.bytes.slice(), secretOf(200 + (index % 50)));
  for (const secret of [...kept, ...later]) secret.wipe();
});

test("it is a copy, and what was looked at is overwritten with it", () => {
  const given = secretOf(7);
  const secret = new KeptSecret(given);
  given.fill(0);
  const seen = secret.bytes;
  assert.equal(seen, secretOf(7));
  secret.wipe();
  assert.equal(seen, secretOf(0));
  assert.equal(secret.bytes, secretOf(0));
});

test("wiping twice gives one place back, which the next secret takes", () => {
  const before = KeptSecret.count;
  const first = new KeptSecret(secretOf(1));
  first.wipe();
  first.wipe();
  assert.is(KeptSecret.count, before);
  const [second, third] = [new KeptSecret(secretOf(2)), new KeptSecret(secretOf(3))];
  first.wipe();
  assert.equal(second.bytes.slice(), secretOf(2));
  assert.equal(third.bytes.slice(), secretOf(3));
  assert.is(KeptSecret.count, before + 2);
  second.wipe();
  third.wipe();
});

test.run();
