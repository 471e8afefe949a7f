import { readdirSync, readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createIdentity, serverKeyOf } from "../../../runtime/crypto/identity.ts";
import { parseIdentity, serializeIdentity } from "../../../runtime/crypto/identity-text.ts";
import { statementBytes, verifyStatement } from "../../../runtime/crypto/key-statement.ts";
import { formatServerKey, parseServerKey } from "../../../runtime/crypto/key-string.ts";
import { implementations } from "../../support/crypto/providers.ts";
import { EntranceList } from "../../../generated/zserver/protocol/v1/entrances.ts";
import { formatEntranceList, parseEntranceList, signEntranceList } from "../../../runtime/discovery/entrance-list.ts";
import { encode } from "../../../runtime/schema/codec.ts";
import { toHex } from "../../support/hex.ts";

const test = suite("crypto/protocol-keys");
const docs = new URL("../../../docs/", import.meta.url);
const text = readdirSync(docs)
  .filter((name) => /^protocol.*\.md$/i.test(name))
  .map((name) => readFileSync(new URL(name, docs), "utf8"))
  .join("\n");

/** The code block of the specification that follows this mark, of which there is one. */
function example(name: string): string {
  const parts = text.split(`<!-- example: ${name} -->\n`);
  assert.is(parts.length, 2, `the specification has one example "${name}"`);
  return /^```\w+\n(.*?)^```$/ms.exec(parts[1]!)![1]!;
}

for (const { name, crypto } of implementations()) {
  test(`${name}: makes what the specification's example says`, () => {
    let next = 0;
    const counting = (length: number) => Uint8Array.from({ length }, () => next++);
    const identity = createIdentity(crypto, counting, { serial: 7, notAfter: new Date("2030-01-01T00:00:00Z") });
    const [{ pair, statement }] = identity.staticKeys;
    const lines = [
      ["identity seed", toHex(identity.pair.privateKey)],
      ["identity public key", toHex(identity.pair.publicKey)],
      ["static private key", toHex(pair.privateKey)],
      ["static public key", toHex(pair.publicKey)],
      ["serial", statement.serial],
      ["not_after", statement.notAfter],
      ["signed bytes", toHex(statementBytes(statement.staticKey, statement.serial, statement.notAfter))],
      ["signature", toHex(statement.signature)],
      ["key string, kind 1", formatServerKey(crypto, { identity: identity.pair.publicKey })],
      ["key string, kind 2", formatServerKey(crypto, serverKeyOf(identity))],
    ];
    assert.is(example("keys"), lines.map(([label, value]) => `${String(label).padEnd(22)}${value}\n`).join(""));
    assert.is(example("identity file"), serializeIdentity(crypto, identity));
  });

  test(`${name}: signs the list of entrances of the specification's example, and reads it`, () => {
    const { pair } = parseIdentity(crypto, example("identity file"));
    const entrances = [{ url: "wss://game.example/zserver" }, { url: "tcp://[2001:db8::1]:7000", priority: 10 }];
    const version = 1_893_456_000_000n;
    const signed = signEntranceList(crypto, pair, entrances, version);
    const lines = [
      ["list", toHex(encode(EntranceList, { version, entrances }))],
      ["SignedEntrances", toHex(signed.bytes)],
      ["as text", formatEntranceList(signed)],
    ];
    assert.is(example("entrances"), lines.map(([label, value]) => `${label!.padEnd(18)}${value}\n`).join(""));
    assert.equal(parseEntranceList(crypto, pair.publicKey, lines[2]![1]!), signed);
  });

  test(`${name}: reads what the specification's example says`, () => {
    const strings = [...example("keys").matchAll(/^key string, kind \d +(\S+)$/gm)].map(([, string]) => parseServerKey(crypto, string!));
    const identity = parseIdentity(crypto, example("identity file"));
    assert.equal(strings, [{ identity: identity.pair.publicKey }, serverKeyOf(identity)]);
    assert.ok(verifyStatement(crypto, identity.staticKeys[0].statement));
  });
}

test.run();
