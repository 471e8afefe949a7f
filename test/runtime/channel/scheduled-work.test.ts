import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DialerOptions } from "../../../runtime/channel/options.ts";
import { type DialerEnd, clientKey, dial, identity, type ListenerEnd, listen, native, TestTime, text } from "../../support/channel/ends.ts";
import { countingAgreements } from "../../support/crypto/counting.ts";

/** A listener whose costly work waits until a test lets it be done. */
function slow(options: Partial<DialerOptions> = {}): {
  time: TestTime;
  dialer: DialerEnd;
  listener: ListenerEnd;
  work: (() => void)[];
  agreements: () => number;
} {
  const time = new TestTime();
  const work: (() => void)[] = [];
  const { crypto, made } = countingAgreements(native);
  const dialer = dial(time, options);
  const listener = listen(time, { crypto, schedule: (run: () => void) => void work.push(run) });
  return { time, dialer, listener, work, agreements: made };
}

const test = suite("channel/scheduled-work");

test("no Diffie-Hellman is made outside scheduled work, in any suite", () => {
  for (const options of [{}, { clientKey }, { server: { identity: identity.pair.publicKey } }]) {
    const { dialer, listener, work, agreements } = slow(options);
    dialer.hook = (event) => event === "established" && dialer.channel.send(0, text("hello"));
    for (let round = 0; dialer.sent.length > 0; round++) {
      const before = agreements();
      listener.channel.receive(dialer.take());
      assert.is(agreements(), before, `write ${round}`);
      for (const run of work.splice(0)) run();
      for (const bytes of listener.sent.splice(0)) dialer.channel.receive(bytes);
    }
    assert.equal(listener.told, ["established", "record"]);
    assert.ok(agreements() >= 2);
  }
});

test("what comes while message 3 waits is taken after it, however it is cut", () => {
  for (const size of [1, 7, 64, 5_000]) {
    const { dialer, listener, work } = slow({ clientKey });
    dialer.hook = (event) => event === "established" && dialer.channel.send(0, new Uint8Array(3_000).fill(5));
    listener.channel.receive(dialer.take());
    work.shift()!();
    for (const bytes of listener.sent.splice(0)) dialer.channel.receive(bytes);
    const rest = dialer.take();
    for (let at = 0; at < rest.length; at += size) listener.channel.receive(rest.subarray(at, at + size));
    assert.equal([listener.told, work.length], [[], 1]);
    work.shift()!();
    assert.equal(listener.told, ["established", "record"]);
    assert.equal(listener.records[0]!.bytes, new Uint8Array(3_000).fill(5));
  }
});

test("what comes while work waits is bounded as everything of an unproven peer", () => {
  const { dialer, listener, work } = slow();
  const first = dialer.take();
  listener.channel.receive(first);
  listener.channel.receive(new Uint8Array(16_384 - first.length));
  assert.is(listener.ending, undefined);
  listener.channel.receive(new Uint8Array(1));
  assert.is(listener.ending?.reason, "HANDSHAKE_FAILED");
  work.shift()!();
  assert.equal(listener.sent, []);
});

test("work for a connection that has ended meanwhile is not done", () => {
  const { time, dialer, listener, work, agreements } = slow();
  listener.channel.receive(dialer.take());
  time.clock.advance(10_100);
  assert.is(listener.ending?.reason, "HANDSHAKE_TIMEOUT");
  work.shift()!();
  assert.equal([agreements(), listener.sent.length], [0, 0]);
});

test.run();
