import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blobs, type BlobsHandlers } from "../../../generated/example/probe/v1/blobs.ts";
import { BlobFailure_Reason as Reason, type BlobInit } from "../../../generated/zserver/blob.ts";
import type { CallOptions, Caller } from "../../../runtime/schema/caller.ts";
import { type CommandType, makeService, serviceInfo } from "../../../runtime/schema/service-type.ts";
import { createDigest } from "../../../runtime/blob/digest.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { assertError } from "../../support/command/assert-error.ts";
import { blobs, reasonOf, someBytes } from "../../support/command/blobs.ts";
import { connectPeers, type Peers } from "../../support/command/peers.ts";

type Part = NonNullable<BlobInit["part"]>;

/** The commands of `Blobs` as what they are on the wire, for parts that no sender of blobs makes. */
class RawProxy {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async swapSmall(parts: readonly Part[]): Promise<void> {
    const command = { ...Blobs.commands.swapSmall, blob: undefined } as unknown as CommandType<
      unknown,
      unknown,
      unknown,
      unknown,
      "bidi_stream"
    >;
    for await (const _ of this.#caller.bidiStream(
      command,
      parts.map((part) => ({ part })),
    ));
  }

  put(parts: readonly Part[], options?: CallOptions): Promise<unknown> {
    const command = { ...Blobs.commands.put, blob: undefined } as unknown as CommandType<
      unknown,
      unknown,
      unknown,
      unknown,
      "client_stream"
    >;
    return this.#caller.clientStream(
      command,
      parts.map((part) => ({ part })),
      options,
    );
  }
}
const Raw = makeService({}, { ...Blobs[serviceInfo], proxy: RawProxy });

const head = (size?: number): Part => ({ case: "head", value: size === undefined ? {} : { size: BigInt(size) } });
const chunk = (length: number): Part => ({ case: "chunk", value: someBytes(length) });
function end(...lengths: readonly number[]): Part {
  const digest = createDigest();
  for (const length of lengths) digest.update(someBytes(length));
  return { case: "end", value: { size: BigInt(lengths.reduce((sum, length) => sum + length, 0)), sha256: digest.digest() } };
}

/** What a handler that reads its blob finds, and what its caller is told. */
async function failures(
  peers: (handlers: Partial<BlobsHandlers>) => Promise<Peers>,
  call: (peers: Peers) => Promise<unknown>,
): Promise<{ readonly handler: unknown; readonly caller: unknown }> {
  let found: unknown;
  const pair = await peers({
    put: async (blob) => {
      try {
        await blob.bytes();
      } catch (error) {
        found = error;
      }
      // Whatever a handler makes of a blob that did not come whole is nothing.
      return { text: "made of half a blob" };
    },
  });
  const told = await pair.failure(call(pair));
  // The session goes on.
  assert.is((await pair.until(pair.client.use(Blobs).mark({ text: "still here" }))).text, "still here");
  await pair.clock.settle(0);
  for (const session of [pair.client, pair.session]) {
    assert.is(session.stats().callsPending, 0);
    assert.is(session.stats().commandsPending, 0);
  }
  assert.equal(
    pair.log.filter(({ level }) => level === "error"),
    [],
  );
  await pair.close();
  return { handler: found, caller: told };
}

const pair = (handlers: Partial<BlobsHandlers>): Promise<Peers> => connectPeers({ serve: { handlers: [blobs(handlers)] } });

const test = suite("blob/bad-input");

const lies: readonly (readonly [what: string, reason: keyof typeof Reason, code: string, parts: readonly Part[]])[] = [
  ["shorter than announced", "TOO_SHORT", "INVALID_ARGUMENT", [head(8), chunk(7), end(7)]],
  ["shorter than its end counts", "TOO_SHORT", "INVALID_ARGUMENT", [head(), chunk(7), { case: "end", value: { size: 8n } }]],
  ["longer than announced", "TOO_LONG", "INVALID_ARGUMENT", [head(6), chunk(7), end(7)]],
  ["longer than its end counts", "TOO_LONG", "INVALID_ARGUMENT", [head(), chunk(7), { case: "end", value: { size: 6n } }]],
  ["with another digest", "DIGEST_MISMATCH", "DATA_LOSS", [head(7), chunk(7), { case: "end", value: { size: 7n, sha256: someBytes(32) } }]],
  ["with half a digest", "DIGEST_MISMATCH", "DATA_LOSS", [head(7), chunk(7), { case: "end", value: { size: 7n, sha256: someBytes(16) } }]],
  ["with a second head", "MALFORMED", "INVALID_ARGUMENT", [head(), chunk(7), head(), end(7)]],
  ["with an empty chunk", "MALFORMED", "INVALID_ARGUMENT", [head(), { case: "chunk", value: new Uint8Array() }, end()]],
  ["with a chunk behind its end", "MALFORMED", "INVALID_ARGUMENT", [head(), chunk(7), end(7), chunk(7)]],
  ["with two ends", "MALFORMED", "INVALID_ARGUMENT", [head(), chunk(7), end(7), end(7)]],
  ["without an end", "MALFORMED", "INVALID_ARGUMENT", [head(), chunk(7)]],
  ["with a part that is none", "MALFORMED", "INVALID_ARGUMENT", [head(), undefined as never, end()]],
  [
    "that its sender gives up",
    "SOURCE_FAILED",
    "ABORTED",
    [head(), chunk(7), { case: "failure", value: { reason: Reason.SOURCE_FAILED } }],
  ],
];
for (const [what, reason, code, parts] of lies) {
  test(`a blob ${what} fails its command at both sides: ${reason}`, async () => {
    const { handler, caller } = await failures(pair, ({ client }) => client.use(Raw).put(parts));
    for (const error of [handler, caller]) {
      assert.is(CommandError.is(error) && error.code, code);
      assert.is(reasonOf(error), reason);
    }
  });
}

const headless: readonly (readonly [what: string, parts: readonly Part[]])[] = [
  ["nothing at all", []],
  ["a chunk first", [chunk(7), end(7)]],
  ["an end first", [end()]],
  ["a name that is too long", [{ case: "head", value: { name: "x".repeat(1_025) } }, end()]],
  ["a size that no number holds", [head(2 ** 60), end()]],
];
for (const [what, parts] of headless) {
  test(`a blob without a head that could be read, ${what}, does not reach its handler`, async () => {
    const { handler, caller } = await failures(pair, ({ client }) => client.use(Raw).put(parts));
    assert.is(handler, undefined);
    assert.is(reasonOf(caller), "MALFORMED");
  });
}

test("a source that fails halfway: its caller knows why, the handler that it failed", async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield someBytes(100_000);
    throw new Error("the camera fell into the lake");
  }
  const { handler, caller } = await failures(pair, ({ client }) => client.use(Blobs).put(source()));
  for (const error of [handler, caller]) assert.is(reasonOf(error), "SOURCE_FAILED");
  assert.match(String((caller as CommandError).cause), "lake");
  assert.not.match(String(handler), "lake");
});

test("a source that fails with an error of its own has that at its caller", async () => {
  function* source(): Generator<Uint8Array> {
    yield someBytes(10);
    throw new CommandError("PERMISSION_DENIED", "this photo is private");
  }
  const { handler, caller } = await failures(pair, ({ client }) => client.use(Blobs).put(source()));
  assert.is((caller as CommandError).code, "PERMISSION_DENIED");
  assert.is(reasonOf(handler), "SOURCE_FAILED");
});

test("a source that gives something else than bytes has failed", async () => {
  const { handler, caller } = await failures(pair, ({ client }) => client.use(Blobs).put(["text"] as never));
  for (const error of [handler, caller]) assert.is(reasonOf(error), "SOURCE_FAILED");
});

for (const [what, size, reason] of [
  ["shorter", 11, "TOO_SHORT"],
  ["longer", 9, "TOO_LONG"],
] as const) {
  test(`a source that is ${what} than was said: ${reason} at both sides`, async () => {
    const { handler, caller } = await failures(pair, ({ client }) => client.use(Blobs).put({ body: [someBytes(10)], size }));
    for (const error of [handler, caller]) assert.is(reasonOf(error), reason);
  });
}

test("max_bytes bounds a blob, which need not fit into a message: at its sender, and at its receiver where a sender does not keep to it", async () => {
  const called: string[] = [];
  const handlers = blobs({
    swapSmall: async (blob) => {
      called.push(blob.name);
      const bytes = await blob.bytes();
      return blob.name === "doubled" ? [bytes, bytes] : bytes;
    },
  });
  const peers = await connectPeers({ serve: { handlers: [handlers] } });
  const proxy = peers.client.use(Blobs);
  assert.is((await peers.until(proxy.swapSmall(someBytes(1_000)).then((blob) => blob.bytes()))).length, 1_000);
  assert.equal(called.splice(0), [""]);
  const large = await peers.failure(proxy.swapSmall(someBytes(1_001)));
  assertError(large, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /max_bytes/);
  assert.is(reasonOf(large), "TOO_LARGE");
  assert.equal(called, [], "nothing is sent of a blob that is known to be too large");
  assert.is(reasonOf(await peers.failure(proxy.swapSmall([someBytes(600), someBytes(600)]))), "TOO_LARGE");
  const doubled = proxy.swapSmall({ body: someBytes(600), name: "doubled" }).then((blob) => blob.bytes());
  assert.is(reasonOf(await peers.failure(doubled)), "TOO_LARGE");
  for (const parts of [[head(1_001)], [head(), chunk(1_001), end(1_001)]]) {
    const error = await peers.failure(peers.client.use(Raw).swapSmall(parts));
    assert.is(reasonOf(error), "TOO_LARGE");
  }
  await peers.clock.settle(0);
  assert.is(peers.session.stats().commandsPending, 0);
  await peers.close();
});

test("a handler's source that fails halfway: its caller is told SOURCE_FAILED, and the log alone why", async () => {
  const peers = await connectPeers({
    serve: {
      handlers: [
        blobs({
          async *get() {
            yield someBytes(10);
            throw new Error("disk /dev/secret is broken");
          },
        }),
      ],
    },
  });
  const blob = await peers.until(peers.client.use(Blobs).get({}));
  const error = await peers.failure(blob.bytes());
  assert.is(reasonOf(error), "SOURCE_FAILED");
  assert.not.match(String(error), "secret");
  assert.equal(
    peers.log.map(({ error: logged }) => String((logged as Error).cause)),
    ["Error: disk /dev/secret is broken"],
  );
  await peers.close();
});

test("a handler's own error, before its blob or in it, is its caller's", async () => {
  const denied = new CommandError("PERMISSION_DENIED", "not yours");
  const first = await connectPeers({ serve: { handlers: [blobs({ get: () => Promise.reject(denied) })] } });
  assert.is(((await first.failure(first.client.use(Blobs).get({}))) as CommandError).code, "PERMISSION_DENIED");
  await first.close();
  const second = await connectPeers({
    serve: {
      handlers: [
        blobs({
          *get() {
            yield someBytes(10);
            throw denied;
          },
        }),
      ],
    },
  });
  const blob = await second.until(second.client.use(Blobs).get({}));
  assert.is(((await second.failure(blob.bytes())) as CommandError).code, "PERMISSION_DENIED");
  await second.close();
});

test.run();
