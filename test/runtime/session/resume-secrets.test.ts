import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ResumeSecrets } from "../../../runtime/session/resume-secrets.ts";
import { native } from "../../support/channel/ends.ts";

const secret = (number: number): Uint8Array => new Uint8Array(32).fill(number);
const secrets = (): ResumeSecrets => new ResumeSecrets(native, secret(0));

const test = suite("session/resume-secrets");

test("the first secret is honoured, again and again, and nothing else is", () => {
  const kept = secrets();
  assert.ok(kept.accept(secret(0)));
  assert.ok(kept.accept(secret(0)));
  for (const other of [secret(1), new Uint8Array(), secret(0).subarray(1), native.sha256(secret(0))]) assert.not(kept.accept(other));
});

test("a successor is honoured beside its predecessor until it is shown", () => {
  const kept = secrets();
  kept.renew(secret(1));
  assert.ok(kept.accept(secret(0)), "the answer may be lost");
  assert.ok(kept.accept(secret(1)));
  assert.not(kept.accept(secret(0)), "the successor was shown");
});

test("a successor is honoured alone once it is confirmed", () => {
  const kept = secrets();
  kept.renew(secret(1));
  kept.confirm();
  assert.not(kept.accept(secret(0)));
  assert.ok(kept.accept(secret(1)));
});

test("a client that goes to another connection while its keys are renewed may hold any of three, and one when that is known", () => {
  for (const held of [0, 1, 2]) {
    const kept = secrets();
    kept.rotate(secret(1));
    assert.ok(kept.accept(secret(0)), "it asked before it had the newer keys");
    kept.renew(secret(2));
    for (const known of [0, 1, 2]) assert.ok(kept.honours(secret(known)), `${known}`);
    assert.ok(kept.accept(secret(held)));
    if (held === 0) continue;
    for (const known of [0, 1, 2]) assert.is(kept.honours(secret(known)), known === held, `${known} when ${held} was shown`);
  }
});

test("what comes over the connection that was granted last confirms its secret, not that of keys which were never used", () => {
  const kept = secrets();
  kept.rotate(secret(1));
  kept.renew(secret(2));
  kept.confirm();
  assert.equal(
    [0, 1, 2].map((known) => kept.honours(secret(known))),
    [false, false, true],
  );
});

test("however many answers are lost, the last confirmed secret stays honoured, and of the others only the last", () => {
  const kept = secrets();
  for (let number = 1; number <= 10; number++) {
    assert.ok(kept.accept(secret(0)));
    kept.renew(secret(number));
    for (let between = 1; between < number; between++) assert.not(kept.accept(secret(between)));
  }
  assert.ok(kept.accept(secret(10)));
  assert.not(kept.accept(secret(0)));
});

test("confirming what needs no confirmation changes nothing", () => {
  const kept = secrets();
  kept.confirm();
  kept.confirm();
  assert.ok(kept.accept(secret(0)));
});

test.run();
