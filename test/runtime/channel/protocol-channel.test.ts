import { existsSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeServerHello } from "../../../runtime/channel/server-hello.ts";
import type { StaticKey } from "../../../runtime/crypto/identity.ts";
import { signStatement } from "../../../runtime/crypto/key-statement.ts";
import type { CryptoProvider } from "../../../runtime/crypto/provider.ts";
import type { RandomSource } from "../../../runtime/crypto/random.ts";
import { dial, type End, listen, native, TestTime, text } from "../../support/channel/ends.ts";
import { toHex } from "../../support/hex.ts";

/** The specification's lines between the marker of this example and the end of its block. */
function example(name: string): string[] {
  const files = ["PROTOCOL.md", "protocol-channel.part.md"].map((file) => new URL(`../../../docs/${file}`, import.meta.url));
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  const part = texts.map((whole) => whole.split(`<!-- example: ${name} -->\n\`\`\`text\n`)[1]).find((found) => found !== undefined);
  assert.ok(part !== undefined, `docs/PROTOCOL.md has no example ${name}`);
  return part.slice(0, part.indexOf("\n```")).split("\n");
}

/** The 32 bytes from `first` on, counting. */
const counting = (first: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => first + index);

function drawing(...seeds: Uint8Array[]): RandomSource {
  return () => seeds.shift()!.slice();
}

/** The same provider, noting the keys of all ciphers. */
function noting(keys: Uint8Array[]): CryptoProvider {
  return new Proxy(native, {
    get(target, name) {
      if (name !== "aead") return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
      return (key: Uint8Array) => {
        keys.push(key.slice());
        return target.aead(key);
      };
    },
  });
}

/** The packets of one output. */
function packets(output: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let rest = output; rest.length > 0; ) {
    const length = 2 + ((rest[0]! << 8) | rest[1]!);
    found.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return found;
}

/** Plays the example with the code and writes down what the specification shows. */
function play(): string[] {
  const lines: string[] = [];
  const note = (name: string, value: Uint8Array): number => lines.push(`${name.padEnd(36)}${toHex(value)}`);
  const identity = native.ed25519KeyPair(counting(0));
  const pair = native.x25519KeyPair(counting(32));
  const key: StaticKey = { pair, statement: signStatement(native, identity, pair.publicKey, 7, 1_893_456_000n) };
  const limits = { messageBytes: 4_194_304 };
  const seeds = [64, 96, 128, 160].map(counting) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const keys: Uint8Array[] = [];
  const time = new TestTime();
  const dialer = dial(time, {
    crypto: noting(keys),
    random: drawing(seeds[0], seeds[2]),
    server: { identity: identity.publicKey, static: { key: pair.publicKey, serial: 7 } },
  });
  const listener = listen(time, { staticKeys: [key], limits, random: drawing(seeds[1], seeds[3]) });
  const carry = (from: End, to: End): Uint8Array => {
    const bytes = from.take();
    to.channel.receive(bytes);
    return bytes;
  };
  const noteEpoch = (number: number): void => {
    note(`key of the dialler, epoch ${number}`, keys.at(-2)!);
    note(`key of the listener, epoch ${number}`, keys.at(-1)!);
    note(`exporter of "example", epoch ${number}`, dialer.channel.exporter("example"));
  };

  const [offer, message1] = packets(carry(dialer, listener));
  const [answer, message2] = packets(carry(listener, dialer));
  note("dialler's ephemeral, private", seeds[0]);
  note("listener's ephemeral, private", seeds[1]);
  note("packet: offer", offer!);
  note("packet: message 1", message1!);
  note("packet: answer", answer!);
  note("payload of message 2", encodeServerHello(key.statement, limits));
  note("packet: message 2", message2!);
  note("handshake hash", dialer.peer!.handshakeHash);
  noteEpoch(0);
  dialer.channel.send(0, text("hello"));
  note('dialler: kind 0, "hello"', carry(dialer, listener));
  listener.channel.send(0, text("welcome"));
  note('listener: kind 0, "welcome"', carry(listener, dialer));

  note("dialler's next ephemeral, private", seeds[2]);
  note("listener's next ephemeral, private", seeds[3]);
  dialer.channel.rotate();
  note("dialler: ROTATE_INIT", carry(dialer, listener));
  note("listener: ROTATE_REPLY", carry(listener, dialer));
  note("dialler: ROTATE_SWITCH", carry(dialer, listener));
  noteEpoch(1);
  dialer.channel.send(0, text("hello"));
  note('dialler: kind 0, "hello"', carry(dialer, listener));
  assert.equal(listener.epochs, [1]);
  assert.is(listener.records.length, 2);
  return lines;
}

const test = suite("channel/protocol-channel");

test("the specification's example of a handshake, records and a rotation is what the code does, byte for byte", () => {
  assert.equal(example("channel"), play());
});

test.run();
