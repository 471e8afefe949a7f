import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EntranceList, SignedEntrances } from "../../../generated/zserver/protocol/v1/entrances.ts";
import {
  ENTRANCE_LIST_BYTES,
  type EntranceInit,
  EntranceListError,
  formatEntranceList,
  parseEntranceList,
  readEntranceList,
  signEntranceList,
} from "../../../runtime/discovery/entrance-list.ts";
import { decode, encode } from "../../../runtime/schema/codec.ts";
import { identity, native, otherIdentity, portable } from "../../support/channel/ends.ts";

const test = suite("discovery/entrance-list");
const { pair } = identity;
const sign = (entrances: readonly EntranceInit[], version = 1n) => signEntranceList(native, pair, entrances, version);
const read = (bytes: Uint8Array, above?: bigint) => readEntranceList(native, pair.publicKey, bytes, above);

/** A list that its signer did not check. */
function signedRaw(list: Uint8Array): Uint8Array {
  const signed = new Uint8Array([...new TextEncoder().encode("zserver entrances v1"), ...list]);
  return encode(SignedEntrances, { list, signature: native.ed25519Sign(pair, signed) });
}

test("a list is read as it was signed, by either implementation of the primitives", () => {
  const { bytes } = sign(["ws://a.test:7000", { url: "tcp://[2001:db8::1]:7000", priority: 3 }], 9n);
  for (const crypto of [native, portable]) {
    const list = readEntranceList(crypto, pair.publicKey, bytes)!;
    assert.is(list.version, 9n);
    assert.equal(
      list.endpoints.map(({ endpoint: { url }, priority }) => [url, priority]),
      [
        ["ws://a.test:7000/", 0],
        ["tcp://[2001:db8::1]:7000", 3],
      ],
    );
  }
});

test("as text it is kept and read again; any change of a character is noticed", () => {
  const text = formatEntranceList(sign(["ws://a.test:7000"], 2n ** 64n - 1n));
  assert.is(parseEntranceList(native, pair.publicKey, text).version, 2n ** 64n - 1n);
  for (let at = 0; at < text.length; at++) {
    const changed = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    assert.throws(
      () => parseEntranceList(native, pair.publicKey, changed),
      (error: unknown) => error instanceof EntranceListError,
    );
  }
  for (const wrong of ["", "zse_", `${text} `, text.slice(0, -1), `zse_${"A".repeat(100_000)}`, undefined as unknown as string])
    assert.throws(
      () => parseEntranceList(native, pair.publicKey, wrong),
      (error: unknown) => error instanceof EntranceListError,
    );
});

test("a list of another identity is refused", () => {
  const { bytes } = sign(["ws://a.test:7000"]);
  assert.throws(() => readEntranceList(native, otherIdentity.pair.publicKey, bytes), /not that of the server's identity/);
});

test("a list that is not newer is not looked at, be it forged or not", () => {
  const { bytes } = sign(["ws://a.test:7000"], 5n);
  assert.is(read(bytes, 5n), undefined);
  assert.is(readEntranceList(native, otherIdentity.pair.publicKey, bytes, 6n), undefined);
  assert.is(read(bytes, 4n)?.version, 5n);
});

test("entrances of schemes that this version does not know are left out", () => {
  const list = encode(EntranceList, { version: 1n, entrances: [{ url: "quic://a.test:1" }, { url: "ws://a.test:7000" }] });
  assert.equal(
    read(signedRaw(list))?.endpoints.map(({ endpoint }) => endpoint.url),
    ["ws://a.test:7000/"],
  );
  assert.equal(read(signedRaw(encode(EntranceList, { version: 1n, entrances: [{ url: "quic://a.test:1" }] })))?.endpoints, []);
});

test("what no server may sign is refused with the reason", () => {
  const entry = (url: string, priority = 0) => ({ url, priority });
  const many = Array.from({ length: 65 }, (_, at) => entry(`ws://a.test:${at + 1}`));
  const long = Array.from({ length: 64 }, (_, at) => entry(`ws://a.test/${"x".repeat(130)}${at}`));
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [encode(EntranceList, { version: 1n }), /is empty/],
    [encode(EntranceList, { version: 1n, entrances: many }), /malformed/],
    [encode(EntranceList, { version: 1n, entrances: long }), new RegExp(`${ENTRANCE_LIST_BYTES} are the most`)],
    [encode(EntranceList, { version: 1n, entrances: [entry("ws://a.test"), entry("ws://a.test:80/")] }), /there twice/],
    [encode(EntranceList, { version: 1n, entrances: [entry("ws://a.test", 65_536)] }), /priority/],
    [encode(EntranceList, { version: 1n, entrances: [entry("ws://user:pass@a.test")] }), /credentials/],
    [encode(EntranceList, { version: 1n, entrances: [entry("tcp://a.test")] }), /port is missing/],
    [Uint8Array.of(0x12, 0xff), /malformed/],
  ];
  for (const [list, message] of cases) assert.throws(() => read(signedRaw(list)), message);
  assert.is(read(signedRaw(encode(EntranceList, { entrances: [entry("ws://a.test")] }))), undefined, "version 0 is newer than nothing");
});

test("a server learns at once what is wrong with its list", () => {
  const long = Array.from({ length: 64 }, (_, at) => `ws://a.test/${"x".repeat(130)}${at}`);
  const port = { name: "port:a", dial: () => Promise.reject(new Error()) };
  const cases: readonly (readonly [unknown, unknown, RegExp])[] = [
    [[], 1n, /`entrances` is a list/],
    [["http://a.test"], 1n, /scheme http/],
    [[port], 1n, /an entrance is a URL/],
    [long, 1n, /8192 are the most/],
    [["ws://a.test"], 0n, /version/],
    [["ws://a.test"], 2n ** 64n, /version/],
    [["ws://a.test"], 1, /version/],
  ];
  for (const [entrances, version, message] of cases) assert.throws(() => sign(entrances as EntranceInit[], version as bigint), message);
});

test("no bytes do more than be refused", () => {
  const { bytes } = sign(["ws://a.test:7000", { url: "unix:/run/x.sock", priority: 1 }]);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(bytes.length), (at, change, cut) => {
      const changed = bytes.slice();
      changed[at]! ^= change;
      for (const input of [changed, changed.subarray(0, cut)]) {
        try {
          const list = read(input);
          // Only what the signature does not cover: a tag's redundant form, or the version read as too low.
          if (list !== undefined) assert.equal(decode(SignedEntrances, input).list, decode(SignedEntrances, bytes).list);
        } catch (error) {
          assert.instance(error, EntranceListError);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test.run();
