import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  isStatementExpired,
  type KeyStatement,
  signStatement,
  statementBytes,
  verifyStatement,
} from "../../../runtime/crypto/key-statement.ts";
import { implementations } from "../../support/crypto/providers.ts";
import { toHex } from "../../support/hex.ts";

const test = suite("crypto/key-statement");
const all = implementations();
const { crypto } = all[1]!;
const signer = crypto.ed25519KeyPair(new Uint8Array(32).fill(1));
const staticKey = crypto.x25519KeyPair(new Uint8Array(32).fill(2)).publicKey;
const statement = signStatement(crypto, signer, staticKey, 7, 1_800_000_000n);

test("the signed bytes are the domain, the key, the serial and the time", () => {
  assert.is(
    toHex(statementBytes(staticKey, 7, 1_800_000_000n)),
    `${toHex(new TextEncoder().encode("zserver key statement v1"))}${toHex(staticKey)}00000007000000006b49d200`,
  );
});

test("every implementation verifies what any of them signed", () => {
  for (const { name, crypto: signing } of all) {
    const signed = signStatement(signing, signer, staticKey, 7, 0n);
    for (const { crypto: verifying } of all) assert.ok(verifyStatement(verifying, signed), name);
  }
});

test("no part of a statement can change", () => {
  assert.ok(verifyStatement(crypto, statement));
  const other = crypto.ed25519KeyPair(new Uint8Array(32).fill(3));
  const flipped = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 9 ? byte ^ 1 : byte));
  const changes: Partial<KeyStatement>[] = [
    { identity: other.publicKey },
    { identity: flipped(statement.identity) },
    { staticKey: flipped(staticKey) },
    { serial: 8 },
    { notAfter: 0n },
    { notAfter: statement.notAfter + 1n },
    { signature: flipped(statement.signature) },
  ];
  for (const change of changes) assert.is(verifyStatement(crypto, { ...statement, ...change }), false, JSON.stringify(Object.keys(change)));
});

test("what a peer sends in a wrong shape is false, and never throws", () => {
  const changes: Partial<KeyStatement>[] = [
    { identity: new Uint8Array(0) },
    { identity: new Uint8Array(33) },
    { staticKey: new Uint8Array(31) },
    { staticKey: new Uint8Array(100_000) },
    { signature: new Uint8Array(0) },
    { signature: new Uint8Array(65) },
    { serial: 2 ** 32 + 7 },
    { serial: -1 },
    { serial: Number.NaN },
    { notAfter: statement.notAfter + 2n ** 64n },
    { notAfter: -1n },
  ];
  for (const change of changes) assert.is(verifyStatement(crypto, { ...statement, ...change }), false, String(Object.entries(change)[0]));
});

test("a statement is void after its last second, and never when that is 0", () => {
  const lastMs = 1_800_000_000_000;
  assert.is(isStatementExpired(statement, lastMs), false);
  assert.is(isStatementExpired(statement, lastMs + 1), true);
  assert.is(isStatementExpired({ ...statement, notAfter: 0n }, Number.MAX_SAFE_INTEGER), false);
});

test.run();
