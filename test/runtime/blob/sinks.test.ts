import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Blobs, type BlobsHandlers, type BlobsProxy } from "../../../generated/example/probe/v1/blobs.ts";
import type { TextInit } from "../../../generated/example/probe/v1/probe.ts";
import { DiskStorage } from "../../../runtime/blob/disk-storage.ts";
import type { IncomingBlob } from "../../../runtime/blob/incoming-blob.ts";
import { MemoryStorage } from "../../../runtime/blob/memory-storage.ts";
import { saveBlob } from "../../../runtime/blob/save-blob.ts";
import { checkDirectory } from "../../../runtime/blob/spool-directory.ts";
import { spoolBlob } from "../../../runtime/blob/spool-blob.ts";
import { StoredBlob } from "../../../runtime/blob/stored-blob.ts";
import type { Log, LogEntry } from "../../../runtime/command/log.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { connect, serve } from "../../../runtime/index.ts";
import { createIdentity } from "../../../runtime/keys.ts";
import { offerStaging } from "../../../runtime/staging/offer-staging.ts";
import { caught } from "../../support/command/assert-error.ts";
import { blobs, reasonOf, sha256, someBytes } from "../../support/command/blobs.ts";
import { skipWithReason } from "../../support/report.ts";

export const testTimeoutMs = 60_000;

let folder = "";

/** Calls `put` over a real connection, since files take real time; both sides are closed afterwards. */
async function withServer<T>(handlers: Partial<BlobsHandlers>, use: (proxy: BlobsProxy) => Promise<T>, log: Log = () => {}): Promise<T> {
  const server = await serve({ listen: ["tcp://127.0.0.1:0"], identity: createIdentity(), handlers: [blobs(handlers)], log });
  const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey });
  try {
    return await use(client.use(Blobs));
  } finally {
    await client.close();
    await server.close();
  }
}

/** What is there under a name, or was left under any. */
const left = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: "utf8" });

const test = suite("blob/sinks");

test.before.each(() => {
  folder = mkdtempSync(path.join(tmpdir(), "zserver-test-"));
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

test("a small blob stays in memory, a large one goes to disk, where no file has a name", async () => {
  const spooled: StoredBlob[] = [];
  const put: BlobsHandlers["put"] = async (blob) => {
    const stored = await spoolBlob(blob, { directory: folder, memoryBytes: 100_000 });
    spooled.push(stored);
    assert.equal(left(), []);
    // Any number of times.
    assert.is(sha256(await stored.bytes()), sha256(await stored.bytes()));
    return { text: sha256(await stored.bytes()), number: stored.size };
  };
  await withServer({ put }, async (proxy) => {
    for (const size of [100_000, 100_001, 700_000]) {
      const bytes = someBytes(size);
      assert.equal(await proxy.put(bytes), { text: sha256(bytes), number: size });
    }
    // They ended with their commands.
    for (const stored of spooled) assert.is(((await caught(stored.bytes())) as { code?: string }).code, "FAILED_PRECONDITION");
  });
});

test("what is made of a blob that was closed meanwhile is closed at once", async () => {
  const put: BlobsHandlers["put"] = async (blob) => {
    await blob.close();
    let closed = 0;
    blob.owns({
      async close() {
        closed++;
      },
    });
    return { number: closed };
  };
  await withServer({ put }, async (proxy) => {
    assert.is((await proxy.put(someBytes(10))).number, 1);
  });
});

test("a spooled blob that is sent back is there until it is sent", async () => {
  await withServer({ swap: (blob) => spoolBlob(blob, { directory: folder, memoryBytes: 0 }) }, async (proxy) => {
    const bytes = someBytes(1_000_000);
    const turned = await proxy.swap({ body: bytes, name: "b" });
    assert.equal([turned.name, turned.size], ["b", bytes.length]);
    assert.equal(await turned.bytes(), bytes);
    assert.equal(left(), []);
  });
});

test("a blob that breaks off, is too large, or loses its session leaves nothing on disk", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield someBytes(500_000);
    throw new Error("lost");
  }
  const ended: Promise<unknown>[] = [];
  const put: BlobsHandlers["put"] = async (blob) => {
    const kept = spoolBlob(blob, { directory: folder, memoryBytes: 0, maxBytes: 600_000 });
    ended.push(caught(kept));
    return { number: (await kept).size };
  };
  let stalled = (): void => {};
  const stalls = new Promise<void>((resolve) => {
    stalled = resolve;
  });
  await withServer({ put }, async (proxy) => {
    assert.is(reasonOf(await caught(proxy.put(broken()))), "SOURCE_FAILED");
    assert.is(reasonOf(await caught(proxy.put([someBytes(600_001)]))), "TOO_LARGE");
    async function* stall(): AsyncGenerator<Uint8Array> {
      yield someBytes(500_000);
      stalled();
      await new Promise(() => {});
    }
    caught(proxy.put(stall()));
    await stalls;
  });
  const reasons = (await Promise.all(ended)).map((error) => reasonOf(error) ?? (error as { code?: string }).code);
  assert.equal(reasons, ["SOURCE_FAILED", "TOO_LARGE", "SESSION_LOST"]);
  assert.equal(left(), []);
});

test("a file is there when all of its blob has come, and until then what was there before", async () => {
  const file = path.join(folder, "photo");
  writeFileSync(file, "before");
  const bytes = someBytes(300_000);
  const get: BlobsHandlers["get"] = ({ number }) =>
    (async function* () {
      yield bytes;
      if (number === 1) throw new Error("broken");
    })();
  await withServer({ get }, async (proxy) => {
    const error = await caught(saveBlob(await proxy.get({ number: 1 }), file));
    assert.is(reasonOf(error), "SOURCE_FAILED");
    assert.is(readFileSync(file, "utf8"), "before");
    assert.equal(left(), ["photo"]);
    assert.is(reasonOf(await caught(saveBlob(await proxy.get({}), file, { maxBytes: 299_999 }))), "TOO_LARGE");
    await saveBlob(await proxy.get({}), file);
    assert.ok(readFileSync(file).equals(bytes));
    const long = path.join(folder, "a".repeat(255));
    await saveBlob(await proxy.get({}), long);
    assert.ok(readFileSync(long).equals(bytes));
    rmSync(long);
    assert.is(reasonOf(await caught(saveBlob(await proxy.get({}), path.join(folder, "none", "photo")))), "SINK_FAILED");
    assert.equal(left(), ["photo"]);
  });
});

test("a process that exits halfway takes its unfinished file with it", () => {
  const file = path.join(folder, "photo");
  const script = `import { readdirSync } from "node:fs";
const { saveBlob } = await import(${JSON.stringify(new URL("../../../runtime/blob/save-blob.ts", import.meta.url).href)});
const { MemoryStorage } = await import(${JSON.stringify(new URL("../../../runtime/blob/memory-storage.ts", import.meta.url).href)});
const { StoredBlob } = await import(${JSON.stringify(new URL("../../../runtime/blob/stored-blob.ts", import.meta.url).href)});
const storage = { write() {}, async close() {}, async *read() { yield new Uint8Array(10); console.log(readdirSync(${JSON.stringify(folder)}).length); process.exit(0); } };
await saveBlob(new StoredBlob("", "", 20, storage), ${JSON.stringify(file)});`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--conditions=source", "--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
  });
  assert.is(stdout, "1\n", stderr);
  assert.equal(left(), []);
});

test("a full disk fails the command with NO_SPACE at both sides, and leaves it as it was", async () => {
  const disk = path.join(folder, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return skipWithReason("a full disk", "a small file system can be mounted by root only");
  }
  try {
    const found: unknown[] = [];
    const note = async <T>(kept: Promise<T>): Promise<T> => {
      kept.catch((error) => found.push(reasonOf(error)));
      return kept;
    };
    const put: BlobsHandlers["put"] = async (blob) => ({ number: (await note(spoolBlob(blob, { directory: disk, memoryBytes: 0 }))).size });
    const putInLane: BlobsHandlers["put"] = async (blob) => {
      await note(saveBlob(blob, path.join(disk, "photo")));
      return {};
    };
    await withServer({ put, putInLane }, async (proxy) => {
      for (const call of [() => proxy.put(someBytes(2_000_000)), () => proxy.putInLane(someBytes(2_000_000))]) {
        const error = (await caught(call())) as { code?: string };
        assert.equal([error.code, reasonOf(error)], ["RESOURCE_EXHAUSTED", "NO_SPACE"]);
        assert.equal(readdirSync(disk), []);
      }
      assert.equal(found, ["NO_SPACE", "NO_SPACE"]);
      // Nothing of it takes room any more.
      assert.is((await proxy.put(someBytes(900_000))).number, 900_000);
      await proxy.putInLane(someBytes(900_000));
      assert.ok(existsSync(path.join(disk, "photo")));
    });
  } finally {
    execFileSync("umount", [disk]);
  }
});

test("a folder in which nothing can be written is the log's to tell, with its path and what to do; the caller learns neither", async () => {
  writeFileSync(path.join(folder, "file"), "");
  for (const [name, code] of [
    ["none", "ENOENT"],
    ["file", "ENOTDIR"],
  ] as const) {
    const directory = path.join(folder, name);
    const wanted = `large blobs cannot be kept in ${directory}: make that folder, let this process write there, or name another one as \`directory\``;
    assert.throws(
      () => checkDirectory(directory),
      (error: Error) => error.message === wanted,
    );
    const log: LogEntry[] = [];
    const put: BlobsHandlers["put"] = async (blob) => ({ number: (await spoolBlob(blob, { directory, memoryBytes: 10 })).size });
    const use = (proxy: BlobsProxy): Promise<unknown> => caught(proxy.put(someBytes(11)));
    const error = await withServer({ put }, use, (entry) => log.push(entry));
    assert.ok(CommandError.is(error));
    assert.equal([error.code, reasonOf(error), error.message], ["INTERNAL", "SINK_FAILED", "the blob could not be written"]);
    assert.is(log.length, 1);
    assert.match(log[0]!.message, error.incident!);
    const why = (log[0]!.error as Error).cause as Error;
    assert.equal([why.message, (why.cause as { code?: string }).code], [wanted, code]);
  }
  checkDirectory(folder);
});

test("whoever cannot make the file of a blob gives the blob up, so that its sender ends", async () => {
  let ended = (): void => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const get: BlobsHandlers["get"] = () =>
    (async function* () {
      try {
        for (;;) yield someBytes(10_000);
      } finally {
        ended();
      }
    })();
  await withServer({ get }, async (proxy) => {
    assert.is(reasonOf(await caught(saveBlob(await proxy.get({}), path.join(folder, "none", "photo")))), "SINK_FAILED");
    await end;
  });
});

test("what a handler spooled goes with its answer, also when the end of that fails, or never comes", async () => {
  for (const end of [() => Promise.reject(new Error("at the end")), () => new Promise<never>(() => {})]) {
    let kept: StoredBlob | undefined;
    let closed = (): void => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const cut: BlobsHandlers["cut"] = (blob) => {
      blob.owns({ close: async () => closed() });
      const next = async (): Promise<IteratorResult<TextInit>> => {
        kept ??= await spoolBlob(blob, { directory: folder, memoryBytes: 0 });
        return { done: false, value: {} };
      };
      return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
    };
    await withServer({ cut }, async (proxy) => {
      for await (const _ of proxy.cut(someBytes(1_000))) break;
      await gone;
      assert.is(((await caught(kept!.bytes())) as { code?: string }).code, "FAILED_PRECONDITION");
    });
  }
});

test("who reads a blob that is closed meanwhile finds an error, in memory as on disk", async () => {
  for (const memoryBytes of [0, 1_000]) {
    const storage = new DiskStorage({ directory: folder, memoryBytes });
    for (let count = 0; count < 2; count++) await storage.write(someBytes(400_000 / (memoryBytes + 1)));
    const reading = storage.read();
    await reading.next();
    await storage.close();
    assert.is(((await caught(reading.next())) as { code?: string }).code, "FAILED_PRECONDITION");
  }
});

test("a limit that is no number of bytes is refused: every size would be within it", async () => {
  const blob = (): IncomingBlob => new StoredBlob("", "", 0, new MemoryStorage()) as never;
  const file = path.join(folder, "file");
  for (const bytes of [Number.NaN, -1, "1 GB", null]) {
    const limit = { maxBytes: bytes as number };
    const refused = `TypeError: maxBytes must be a number of bytes, not ${bytes}`;
    for (const kept of [saveBlob(blob(), file, limit), spoolBlob(blob(), limit), blob().bytes(limit)])
      assert.is(String(await caught(kept)), refused);
    assert.match(String(await caught(spoolBlob(blob(), { memoryBytes: bytes as number }))), /memoryBytes must be a number of bytes/);
    assert.throws(() => offerStaging({ memoryBytes: bytes as number }), /memoryBytes must be a number of bytes/);
  }
  for (const maxBytes of [0, Number.POSITIVE_INFINITY]) await saveBlob(blob(), file, { maxBytes });
});

test("what is kept on disk takes no memory", async () => {
  const storage = new DiskStorage({ directory: folder, memoryBytes: 1_000 });
  await storage.write(someBytes(1_000));
  assert.not(storage.onDisk);
  await storage.write(someBytes(1));
  assert.ok(storage.onDisk);
  await storage.close();
  await storage.close();
});

test.run();
