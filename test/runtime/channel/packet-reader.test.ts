import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes } from "../../../runtime/bytes/concat.ts";
import { PacketReader } from "../../../runtime/channel/packet-reader.ts";
import { packetOf } from "../../../runtime/channel/preamble.ts";

/** All packets of a chunk. */
function read(reader: PacketReader, chunk: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  reader.begin(chunk);
  for (let length = reader.nextLength(); length >= 0; length = reader.nextLength()) {
    const packet = reader.take(length);
    if (packet === undefined) break;
    packets.push(packet);
  }
  reader.end();
  return packets;
}

const test = suite("channel/packet-reader");

test("packets come out as they went in, however the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 20 }), (bodies, cuts) => {
      const packets = bodies.map((body) => packetOf(body));
      const stream = concatBytes(...packets);
      const reader = new PacketReader();
      const out: Uint8Array[] = [];
      let start = 0;
      for (const cut of [...cuts, stream.length]) {
        const end = Math.min(start + cut, stream.length);
        out.push(...read(reader, stream.slice(start, end)).map((packet) => packet.slice()));
        start = end;
      }
      assert.equal(out, packets);
      assert.is(reader.waiting, 0);
    }),
  );
});

test("a packet that lies whole in its chunk is not copied", () => {
  const chunk = concatBytes(packetOf(Uint8Array.of(1, 2)), packetOf(), packetOf(Uint8Array.of(3)));
  const packets = read(new PacketReader(), chunk);
  assert.equal(
    packets.map((packet) => [packet.byteOffset, packet.length]),
    [
      [0, 4],
      [4, 2],
      [6, 3],
    ],
  );
  for (const packet of packets) assert.is(packet.buffer, chunk.buffer);
});

test("large packets in pieces, of several readers at the same time, do not share memory that is in use", () => {
  const readers = Array.from({ length: 3 }, () => new PacketReader());
  const packet = (value: number): Uint8Array => packetOf(new Uint8Array(60_000).fill(value));
  for (let round = 0; round < 3; round++) {
    for (const [at, reader] of readers.entries()) assert.equal(read(reader, packet(10 * round + at).subarray(0, 40_000)), []);
    for (const [at, reader] of readers.entries()) {
      reader.begin(concatBytes(packet(10 * round + at).subarray(40_000), packetOf(Uint8Array.of(1))));
      const large = reader.take(reader.nextLength())!;
      // Another one may ask for memory while this one is read.
      const other = new PacketReader();
      read(other, packet(255).subarray(0, 50_000));
      assert.ok(large.subarray(2).every((byte) => byte === 10 * round + at));
      assert.equal(reader.take(reader.nextLength()), packetOf(Uint8Array.of(1)));
      reader.end();
    }
  }
});

test("memory grows with what has arrived, not with what was announced", () => {
  const reader = new PacketReader();
  assert.equal(read(reader, Uint8Array.of(0xff, 0xff, 1)), []);
  assert.is(reader.waiting, 3);
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 1000 }, () => {
    const one = new PacketReader();
    read(one, Uint8Array.of(0xff, 0xff, 1));
    return one;
  });
  assert.ok(process.memoryUsage().arrayBuffers - before < 1000 * 1024);
  assert.is(readers.length, 1000);
});

test("what waits does not refer to the caller's chunk", () => {
  const reader = new PacketReader();
  const chunk = Uint8Array.of(0, 2, 7);
  read(reader, chunk);
  chunk.fill(0);
  assert.equal(read(reader, Uint8Array.of(8)), [Uint8Array.of(0, 2, 7, 8)]);
});

test.run();
