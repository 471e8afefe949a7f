import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { RECORD_BYTES } from "../../../runtime/channel/limits.ts";
import { Records } from "../../../runtime/channel/records.ts";
import { CipherState } from "../../../runtime/crypto/noise/cipher-state.ts";
import { portableCrypto } from "../../../runtime/crypto/portable.ts";
import { carry, connect, text } from "../../support/channel/ends.ts";

const test = suite("channel/records");

test("kinds 0 to 15 are carried as they are; others are refused locally", () => {
  const { dialer, listener } = connect();
  for (let kind = 0; kind < 16; kind++) dialer.channel.send(kind, Uint8Array.of(kind));
  carry(dialer, listener);
  assert.equal(
    listener.records.map(({ kind, bytes }) => [kind, ...bytes]),
    Array.from({ length: 16 }, (_, kind) => [kind, kind]),
  );
  for (const kind of [-1, 16, 19, 255, Number.NaN]) assert.throws(() => dialer.channel.send(kind, text("x")), RangeError);
});

test("a record may be empty", () => {
  const { dialer, listener } = connect();
  dialer.channel.send(0, new Uint8Array(0));
  assert.is(dialer.sent[0]?.length, 19);
  carry(dialer, listener);
  assert.equal(listener.records, [{ kind: 0, bytes: new Uint8Array(0) }]);
});

test("plaintext beyond one record is cut into as few as hold it, in one output", () => {
  const most = RECORD_BYTES - 17;
  for (const [length, records] of [
    [most - 1, 1],
    [most, 1],
    [most + 1, 2],
    [2 * most, 2],
    [2 * most + 1, 3],
    [1_000_000, 16],
  ] as const) {
    const { dialer, listener } = connect();
    const plaintext = Uint8Array.from({ length }, (_, index) => index % 251);
    for (const [from, to] of [
      [dialer, listener],
      [listener, dialer],
    ] as const) {
      from.channel.send(2, plaintext);
      assert.is(from.sent.length, 1);
      assert.is(from.sent[0]!.length, length + 19 * records);
      carry(from, to);
      assert.is(to.records.length, records);
      assert.equal(concatBytes(...to.records.map(({ bytes }) => bytes)), plaintext);
    }
  }
});

test("a plaintext of several records is as it was when they are sealed, and when they cannot be", () => {
  const crypto = portableCrypto();
  const aead = crypto.aead(new Uint8Array(32));
  const records = new Records(new CipherState(aead), new CipherState(crypto.aead(new Uint8Array(32))));
  const plaintext = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
  const before = plaintext.slice();
  const sealed = records.seal(2, plaintext).slice();
  assert.equal(plaintext, before);
  let sealings = 0;
  const failing = new CipherState({
    ...{ open: () => false, wipe() {} },
    seal() {
      if (++sealings > 1) throw new Error("no more");
    },
  });
  assert.throws(() => new Records(failing, failing).seal(2, plaintext), /no more/);
  assert.equal(plaintext, before);
  assert.is(sealed.length, plaintext.length + 19 * records.recordsOut);
});

test("the sender's plaintext and the receiver's bytes are left as they were", () => {
  const { dialer, listener } = connect();
  const plaintext = text("mine");
  dialer.channel.send(0, plaintext);
  assert.equal(plaintext, text("mine"));
  const sealed = dialer.take();
  const copy = sealed.slice();
  listener.channel.receive(sealed);
  assert.equal(sealed, copy);
  assert.is(listener.records.length, 1);
});

test("a record split at every byte arrives once and whole", () => {
  const { dialer, listener } = connect();
  for (let cut = 0; cut <= 30; cut++) {
    dialer.channel.send(0, text("hello world"));
    const sealed = dialer.take();
    assert.is(sealed.length, 30);
    listener.channel.receive(sealed.subarray(0, cut));
    assert.is(listener.records.length, cut === 30 ? 31 : cut);
    listener.channel.receive(sealed.subarray(cut));
    assert.is(listener.records.length, cut + 1);
  }
  dialer.channel.send(0, text("byte by byte"));
  for (const byte of dialer.take()) listener.channel.receive(Uint8Array.of(byte));
  assert.equal(listener.records.at(-1)?.bytes, text("byte by byte"));
});

test("many records in one chunk, cut anywhere, arrive in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(300), { maxLength: 10 }),
      (sends, cuts) => {
        const { dialer, listener } = connect();
        for (const bytes of sends) listener.channel.send(1, bytes);
        const stream = listener.take();
        let start = 0;
        for (const cut of [...cuts, stream.length]) {
          dialer.channel.receive(stream.slice(start, start + cut));
          start += cut;
        }
        assert.equal(
          dialer.records.map(({ bytes }) => bytes),
          sends,
        );
      },
    ),
    { numRuns: 50 },
  );
});

test("a record too short for a kind and a tag ends the connection with BAD_RECORD, by its length alone", () => {
  for (const length of [0, 1, 16]) {
    const { listener } = connect();
    listener.channel.receive(Uint8Array.of(0, length));
    assert.is(listener.ending?.reason, "BAD_RECORD");
  }
  const { listener } = connect();
  listener.channel.receive(Uint8Array.of(0, 17));
  assert.is(listener.ending, undefined);
});

test("any flipped byte of a record ends the connection with BAD_RECORD, or leaves it waiting for bytes that its length announces", () => {
  for (let position = 0; position < 24; position++) {
    const { dialer, listener } = connect();
    dialer.channel.send(0, text("hello"));
    const sealed = dialer.take();
    sealed[position]! ^= 1;
    listener.channel.receive(sealed);
    listener.channel.receive(new Uint8Array(300));
    assert.is(listener.ending?.reason, "BAD_RECORD", `byte ${position}`);
    assert.is(listener.records.length, 0);
  }
});

test("the longest record that a length can announce is opened", () => {
  const { dialer, listener } = connect();
  dialer.channel.send(0, new Uint8Array(RECORD_BYTES - 17));
  const sealed = dialer.take();
  assert.equal(sealed.subarray(0, 2), Uint8Array.of(0xff, 0xff));
  listener.channel.receive(sealed);
  assert.is(listener.records[0]?.bytes.length, RECORD_BYTES - 17);
});

test("a replayed, a skipped and a reflected record end the connection with BAD_RECORD", () => {
  const replayed = connect();
  replayed.dialer.channel.send(0, text("once"));
  const sealed = replayed.dialer.take();
  replayed.listener.channel.receive(sealed);
  replayed.listener.channel.receive(sealed);
  assert.is(replayed.listener.records.length, 1);
  assert.is(replayed.listener.ending?.reason, "BAD_RECORD");

  const skipped = connect();
  skipped.dialer.channel.send(0, text("lost"));
  skipped.dialer.take();
  skipped.dialer.channel.send(0, text("next"));
  carry(skipped.dialer, skipped.listener);
  assert.is(skipped.listener.ending?.reason, "BAD_RECORD");

  const reflected = connect();
  reflected.dialer.channel.send(0, text("mirror"));
  reflected.dialer.channel.receive(reflected.dialer.take());
  assert.is(reflected.dialer.ending?.reason, "BAD_RECORD");
});

test("a handler may send, and may destroy the channel in the middle of a chunk", () => {
  const { dialer, listener } = connect();
  listener.hook = (event) => {
    if (event !== "record") return;
    listener.channel.send(0, listener.records.at(-1)!.bytes);
    if (listener.records.length === 2) listener.channel.destroy();
  };
  for (const word of ["one", "two", "three"]) dialer.channel.send(0, text(word));
  const chunk = dialer.take();
  listener.channel.receive(chunk);
  assert.is(listener.records.length, 2);
  carry(dialer, listener);
  assert.equal(
    dialer.records.map(({ bytes }) => bytes),
    [text("one"), text("two")],
  );
});

test("two channels whose handlers call each other do not share the memory of their plaintexts", () => {
  const outer = connect();
  const inner = connect();
  inner.dialer.channel.send(0, text("inner"));
  const innerBytes = inner.dialer.take();
  let seen: Uint8Array | undefined;
  outer.listener.record = (_kind, plaintext) => {
    inner.listener.channel.receive(innerBytes);
    seen = plaintext.slice();
  };
  outer.dialer.channel.send(0, text("outer"));
  carry(outer.dialer, outer.listener);
  assert.equal(seen, text("outer"));
  assert.equal(inner.listener.records[0]?.bytes, text("inner"));
});

test("what a handler throws passes through, and the records behind it are not lost", () => {
  const { dialer, listener } = connect();
  dialer.channel.send(0, text("poison"));
  dialer.channel.send(0, text("next"));
  listener.hook = () => {
    throw new Error("a bug of the session");
  };
  assert.throws(() => listener.channel.receive(dialer.take()), /a bug of the session/);
  listener.hook = () => {};
  listener.channel.receive(new Uint8Array(0));
  assert.equal(listener.records.at(-1)?.bytes, text("next"));
});

test("counts are of this connection", () => {
  const { dialer, listener } = connect();
  dialer.channel.send(0, text("hello"));
  carry(dialer, listener);
  const [left, right] = [dialer.channel.stats, listener.channel.stats];
  assert.is(left.recordsOut, 2);
  assert.is(right.recordsIn, 2);
  assert.is(right.recordsOut, 0);
  assert.is(left.bytesOut, right.bytesIn);
  assert.is(left.bytesIn, right.bytesOut);
  assert.is(left.epoch, 0);
});

test.run();
