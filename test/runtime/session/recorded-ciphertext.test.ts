import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { ConnectOptions } from "../../../runtime/client.ts";
import { createIdentity } from "../../../runtime/crypto/identity.ts";
import { formatServerKey } from "../../../runtime/crypto/key-string.ts";
import type { KeyPair } from "../../../runtime/crypto/provider.ts";
import { identity, native, seededRandom } from "../../support/channel/ends.ts";
import { asX25519, type RecordedPackets, Thief } from "../../support/channel/thief.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { join } from "../../support/session/frames.ts";
import { World } from "../../support/session/world.ts";

export const testTimeoutMs = 120_000;

const RETAINED = { retentionMs: 300_000 };
const KEY_BYTES = 32;
const SECRET = "nobody else reads this";

const client = createIdentity(native, seededRandom(401));

/** Every way to shake hands. Whoever learns the key in XX knows it when he resumes. */
const ways: Readonly<Record<string, { readonly options: Partial<ConnectOptions>; readonly suites: readonly string[] }>> = {
  NK: { options: {}, suites: ["NK", "NK"] },
  XK: { options: { identity: client }, suites: ["XK", "XK"] },
  XX: { options: { serverKey: formatServerKey(native, { identity: identity.pair.publicKey }) }, suites: ["XX", "NK"] },
};

interface Recording {
  readonly connections: readonly RecordedPackets[];
  /** What the server drew: among others its ephemeral keys, in the order of its handshakes. */
  readonly drawn: readonly KeyPair[];
  /** How many records each side had sent when the keys of the first connection were renewed. */
  readonly before: { readonly client: number; readonly server: number };
}

/** A whole session as somebody on the path sees it: a handshake, commands, new keys, commands, a cut, a resume, commands, the end. */
async function record(options: Partial<ConnectOptions>): Promise<Recording> {
  const passed: { readonly client: Uint8Array[]; readonly server: Uint8Array[] }[] = [];
  let cut: () => void = () => {};
  const world = new World({
    wire: (transport, side) => {
      if (side === "client") {
        passed.push({ client: [], server: [] });
        cut = () => transport.destroy();
        const writes = passed.at(-1)!.client;
        const { write, start } = transport;
        transport.write = (bytes) => {
          writes.push(bytes.slice());
          return write.call(transport, bytes);
        };
        const reads = passed.at(-1)!.server;
        transport.start = (events) =>
          start.call(transport, {
            onDrain: () => events.onDrain(),
            onClose: (close) => events.onClose(close),
            onBytes: (bytes) => {
              reads.push(bytes.slice());
              events.onBytes(bytes);
            },
          });
      }
      return transport;
    },
  });
  const random = seededRandom(402);
  const drawn: KeyPair[] = [];
  const server = await world.serve({
    ...RETAINED,
    handlers: [probe()],
    random: (length) => {
      const bytes = random(length);
      if (length === KEY_BYTES) drawn.push(native.x25519KeyPair(bytes.slice()));
      return bytes;
    },
  });
  drawn.length = 0;
  const session = await world.connect({ ...RETAINED, ...options });
  const say = async (): Promise<void> => {
    const answers = [session, ...server.sessions()].map((side) => side.use(Probe).echo({ text: SECRET }));
    for (const { text } of await world.until(Promise.all(answers))) assert.is(text, SECRET);
    await world.settle(100);
  };
  await say();
  const { recordsOut, recordsIn } = session.stats();
  session.rotateKeys();
  await world.settle();
  assert.is(session.stats().rotations, 1);
  await say();
  cut();
  await say();
  assert.is(passed.length, 2, "resumed over another connection");
  await world.until(session.close(), 10_000);
  await world.until(server.close(), 10_000);
  const connections = passed.map((sides) => ({ fromClient: packetsOf(sides.client), fromServer: packetsOf(sides.server) }));
  return { connections, drawn, before: { client: recordsOut, server: recordsIn } };
}

function packetsOf(chunks: readonly Uint8Array[]): Uint8Array[] {
  const bytes = join(...chunks);
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    packets.push(bytes.subarray(at, next));
    at = next;
  }
  return packets;
}

const stolen: readonly KeyPair[] = [...identity.staticKeys.map(({ pair }) => pair), asX25519(identity.pair.privateKey)];
const knownKeys: readonly Uint8Array[] = [identity.pair.publicKey, client.staticKeys[0].pair.publicKey];
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

const test = suite("session/recorded-ciphertext");

for (const [name, { options, suites }] of Object.entries(ways)) {
  test(`${name}: the server's static key and identity, revealed afterwards, open nothing of a recorded session`, async () => {
    const { connections } = await record(options);
    for (const [at, connection] of connections.entries()) {
      const loot = new Thief(stolen, knownKeys).rob(connection);
      assert.equal([loot.client, loot.server], [[], []]);
      assert.is(loot.suite, suites[at]);
      // The static key opens the payload of message 1, which is empty, where the client knew that key: it is no mistake of his that keeps him out.
      assert.is(loot.handshake, loot.suite === "XX" ? 0 : 1);
      assert.not.ok(Buffer.from(join(...connection.fromClient, ...connection.fromServer)).includes(SECRET));
    }
    note(
      `${name}: ${connections.map(({ fromClient, fromServer }) => fromClient.length + fromServer.length).join(" and ")} packets, none opened`,
    );
  });

  test(`${name}: with an ephemeral key as well he opens what was said under the keys that it made, up to the renewal, and not the resumed part`, async () => {
    const { connections, drawn, before } = await record(options);
    const thief = new Thief([...stolen, drawn[0]!], knownKeys);
    const [first, second] = connections.map((connection) => thief.rob(connection));
    // The last records under the old keys are those of the renewal: ROTATE_INIT and ROTATE_SWITCH, and ROTATE_REPLY.
    assert.equal([first!.client, first!.server], [upTo(before.client + 2), upTo(before.server + 1)]);
    assert.equal([second!.client, second!.server], [[], []]);
  });
}

test.run();
