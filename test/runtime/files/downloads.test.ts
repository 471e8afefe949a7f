import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DigestMismatch, FileChanged, Files, type ReadPiece } from "../../../generated/zserver/files/v1/files.ts";
import { type DownloadOptions, download } from "../../../runtime/files/client/download.ts";
import type { TransferProgress } from "../../../runtime/files/client/options.ts";
import type { FilesSession } from "../../../runtime/files/client/session.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import type { Clock } from "../../../runtime/time/clock.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { bytesOf, type Desk, sha256, withDesk } from "../../support/files/desk.ts";

const test = suite("files/downloads");

const RANGE = 65_536;
const content = bytesOf(6 * RANGE + 100);

/** Downloads `public/file`, one range after the other. */
async function fetch(desk: Desk, options: Partial<DownloadOptions> = {}): ReturnType<typeof download> {
  const sessions = options.sessions ?? [await desk.connect()];
  return download({ path: "public/file", to: desk.here("got"), rangeBytes: RANGE, parallel: 1, ...options, sessions });
}

/** A download that its user stops when so many bytes are there. */
async function stopped(desk: Desk, after: number): Promise<void> {
  const stop = new AbortController();
  const error = await caught(fetch(desk, { signal: stop.signal, onProgress: ({ bytes }) => bytes >= after && stop.abort() }));
  assert.ok(error);
  assert.equal(readdirSync(desk.here()).sort(), ["got.part", "got.part.journal"]);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

test(
  "a download that was stopped goes on with what is verified",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    await stopped(desk, 3 * RANGE + 1);
    const { resumedBytes, digest } = await fetch(desk);
    assert.is(resumedBytes, 3 * RANGE);
    assert.equal(Buffer.from(digest), sha256(content));
    assert.ok(content.equals(readFileSync(desk.here("got"))));
    assert.equal(readdirSync(desk.here()), ["got"]);
  }),
);

for (const file of ["got.part", "got.part.journal"]) {
  test(
    `one changed byte anywhere in ${file} is found before it is trusted`,
    withDesk({}, async (desk) => {
      desk.write(desk.shown("file"), content);
      await stopped(desk, 3 * RANGE + 1);
      const [part, journal] = [readFileSync(desk.here("got.part")), readFileSync(desk.here("got.part.journal"))];
      const length = file === "got.part" ? 3 * RANGE : journal.length;
      for (let step = 0; step < 12; step += 1) {
        writeFileSync(desk.here("got.part"), part);
        writeFileSync(desk.here("got.part.journal"), journal);
        flip(desk.here(file), Math.floor((step / 12) * length));
        assert.ok((await fetch(desk)).resumedBytes < 3 * RANGE, `step ${step}`);
        assert.ok(content.equals(readFileSync(desk.here("got"))));
      }
    }),
  );
}

test(
  "a file that is being downloaded is not begun again beside that",
  withDesk({}, async (desk) => {
    const client = await desk.connect();
    desk.write(desk.shown("a"), bytesOf(500_000));
    const options = { sessions: [client], path: "public/a", rangeBytes: 65_536 };
    const first = download({ ...options, to: desk.here("a") });
    const second = await caught(download({ ...options, to: `${desk.here()}/../here/a` }));
    assertError(second, "FAILED_PRECONDITION", "MAY_HAVE_RUN", /is being downloaded already/);
    await first;
    assert.ok(readFileSync(desk.here("a")).equals(bytesOf(500_000)));
    await download({ ...options, to: desk.here("a") });
    assert.equal(readdirSync(desk.here()), ["a"]);
  }),
);

test(
  "more transfers at once than the server has places for wait for theirs, at each of their commands; a signal ends the wait",
  withDesk({ limits: { readsPerPrincipal: 1 } }, async (desk) => {
    let waits = 0;
    // Twenty times as fast as others.
    const clock: Clock = {
      ...systemClock,
      now: () => 20 * systemClock.now(),
      setTimer(ms, wake) {
        waits += 1;
        return systemClock.setTimer(ms / 20, wake);
      },
    };
    const sessions = [await desk.connect()];
    const names = ["f0", "f1", "f2"];
    for (const name of names) desk.write(desk.shown(name), bytesOf(100, name.charCodeAt(1)));
    await Promise.all(names.map((name) => download({ sessions, path: `public/${name}`, to: desk.here(name), clock })));
    for (const name of names) await upload({ sessions, from: desk.here(name), path: `public/${name}`, clock });
    await Promise.all(names.map((name) => upload({ sessions, from: desk.here(name), path: `public/up/${name}`, clock })));
    assert.ok(waits > 0);
    // Until it is let go, there is no place.
    desk.write(desk.shown("large"), bytesOf(8_000_000));
    const held = sessions[0]!
      .use(Files)
      .read({ path: "public/large", version: "", offset: 0n, length: 8_000_000n })
      [Symbol.asyncIterator]();
    await held.next();
    const stop = new AbortController();
    const options = { sessions, path: "public/f0", to: desk.here("g"), signal: stop.signal };
    const setTimer: Clock["setTimer"] = () => {
      setImmediate(() => stop.abort("enough"));
      return () => {};
    };
    const waiting = caught(download({ ...options, clock: { ...clock, setTimer } }));
    assert.is(await waiting, "enough");
    assertError(
      await caught(download({ sessions, path: "public/f0", to: desk.here("g"), clock })),
      "RESOURCE_EXHAUSTED",
      "MAY_HAVE_RUN",
      /readsPerPrincipal allows 1/,
    );
    await held.return?.();
  }),
);

test(
  "what is no file is not replaced by one, and said before anything comes; a link to a file is",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("a"), "content");
    mkdirSync(desk.here("folder"));
    execFileSync("mkfifo", [desk.here("pipe")]);
    desk.write(desk.here("real"), "before");
    symlinkSync("pipe", desk.here("to-pipe"));
    symlinkSync("real", desk.here("to-real"));
    const before = readdirSync(desk.here()).sort();
    const options = { sessions: [await desk.connect()], path: "public/a" };
    for (const [name, why] of [
      ["folder", /folder" is a folder: say what the file is to be called in it/],
      ["pipe", /pipe" is no file/],
      ["to-pipe", /to-pipe" is no file/],
    ] as const)
      assertError(await caught(download({ ...options, to: desk.here(name) })), "FAILED_PRECONDITION", "MAY_HAVE_RUN", why);
    await download({ ...options, to: desk.here("to-real") });
    assert.equal([readFileSync(desk.here("to-real"), "utf8"), readFileSync(desk.here("real"), "utf8")], ["content", "before"]);
    assert.equal(readdirSync(desk.here()).sort(), before);
  }),
);

test(
  "nor beside another process, which is named, and whose partial file is left alone; what a process left that is no more is gone on with",
  withDesk({}, async (desk) => {
    const content = bytesOf(500_000);
    desk.write(desk.shown("a"), content);
    const options = { sessions: [await desk.connect()], path: "public/a", to: desk.here("a"), rangeBytes: 65_536 };
    const stop = new AbortController();
    const onProgress = ({ bytes }: TransferProgress): void => {
      if (bytes > 200_000) stop.abort();
    };
    assert.ok(await caught(download({ ...options, parallel: 1, signal: stop.signal, onProgress })));
    const left = ["a.part", "a.part.journal"];
    assert.equal(readdirSync(desk.here()).sort(), left);
    const before = left.map((name) => readFileSync(desk.here(name)));
    // Whoever started this one lives.
    writeFileSync(desk.here("a.part.claim"), `${process.ppid}\n`);
    const refused = new RegExp(`/here/a" is being downloaded by process ${process.ppid}; wait for it, or remove .*a\\.part\\.claim`);
    assertError(await caught(download(options)), "FAILED_PRECONDITION", "MAY_HAVE_RUN", refused);
    assert.equal(
      left.map((name) => readFileSync(desk.here(name))),
      before,
    );
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(desk.here("a.part.claim"), `${pid}\n`);
    assert.ok((await download(options)).resumedBytes >= 65_536);
    assert.equal(readdirSync(desk.here()), ["a"]);
    assert.ok(readFileSync(desk.here("a")).equals(content));
  }),
);

test(
  "a file that changes while it is downloaded is noticed, and nothing is left",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    let changed = false;
    const onProgress = ({ bytes }: { readonly bytes: number }): void => {
      if (bytes < 2 * RANGE || changed) return;
      changed = true;
      writeFileSync(desk.shown("file"), bytesOf(content.length, 2));
    };
    const error = assertError(await caught(fetch(desk, { onProgress })), "FAILED_PRECONDITION", "MAY_HAVE_RUN", /has changed/);
    assert.ok(error.detail(FileChanged)!.version !== "");
    assert.equal(readdirSync(desk.here()), []);
  }),
);

test(
  "a file that another one has taken the place of is another version, also with the same content",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    await stopped(desk, 3 * RANGE + 1);
    desk.write(desk.shown("other"), content);
    renameSync(desk.shown("other"), desk.shown("file"));
    assert.is((await fetch(desk)).resumedBytes, 0);
    assert.ok(content.equals(readFileSync(desk.here("got"))));
  }),
);

/** A session whose Read gives other bytes than the server's, from the first range on. */
function lying(session: FilesSession, change: (piece: ReadPiece) => ReadPiece): FilesSession {
  return {
    get state() {
      return session.state;
    },
    status: () => session.status(),
    use(service) {
      const files = session.use(Files);
      const liar = Object.create(files, {
        stat: { value: files.stat.bind(files) },
        digest: { value: files.digest.bind(files) },
        read: {
          value: async function* (...args: Parameters<typeof files.read>) {
            for await (const piece of files.read(...args)) yield change(piece);
          },
        },
      });
      return (service as unknown) === Files ? liar : session.use(service);
    },
  };
}

test(
  "a server that gives out other bytes than it has is found by the digest of the range, or of the whole file",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    const client = await desk.connect();
    const byRange = lying(client, (piece) =>
      piece.part?.case === "content" ? { part: { case: "content", value: piece.part.value.map((byte) => byte ^ 1) } } : piece,
    );
    assert.ok(assertError(await caught(fetch(desk, { sessions: [byRange] })), "DATA_LOSS", "MAY_HAVE_RUN").detail(DigestMismatch));
    let whole = Buffer.alloc(0);
    const byWhole = lying(client, ({ part }) => {
      if (part?.case === "content") whole = Buffer.concat([whole, part.value.map((byte) => byte ^ 1)]);
      if (part?.case === "content") return { part: { case: "content", value: part.value.map((byte) => byte ^ 1) } };
      const digest = sha256(whole);
      whole = Buffer.alloc(0);
      return { part: { case: "digest", value: digest } };
    });
    assert.ok(assertError(await caught(fetch(desk, { sessions: [byWhole] })), "DATA_LOSS", "MAY_HAVE_RUN").detail(DigestMismatch));
    assert.equal(readdirSync(desk.here()), []);
  }),
);

test(
  "a byte that changes at the server between two ranges, and hides it, is found by the digest of the whole file",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    const client = await desk.connect();
    // The version is the server's word for "unchanged": here it always says so.
    let ranges = 0;
    const files = client.use(Files);
    const { version } = await files.stat({ path: "public/file" });
    const blind: FilesSession = {
      get state() {
        return client.state;
      },
      status: () => client.status(),
      use: () =>
        ({
          stat: async () => ({ ...(await files.stat({ path: "public/file" })), version }),
          digest: (request: object, options: object) => files.digest({ ...request, version: "" }, options),
          read: (request: object, options: object) => {
            ranges += 1;
            if (ranges === 5) flip(desk.shown("file"), 17);
            return files.read({ ...request, version: "" }, options);
          },
        }) as never,
    };
    assertError(await caught(fetch(desk, { sessions: [blind] })), "DATA_LOSS", "MAY_HAVE_RUN");
    assert.equal(readdirSync(desk.here()), []);
  }),
);

test(
  "a file that another one appends to is read as it was, or not at all",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    const files = await desk.files();
    const { version } = await files.stat({ path: "public/file" });
    const reading = files.read({ path: "public/file", version, length: BigInt(content.length) })[Symbol.asyncIterator]();
    await reading.next();
    appendFileSync(desk.shown("file"), "more");
    const rest = (async () => {
      for (let step = await reading.next(); !step.done; step = await reading.next()) {}
    })();
    assert.ok(assertError(await caught(rest), "FAILED_PRECONDITION", "MAY_HAVE_RUN").detail(FileChanged));
  }),
);

test(
  "ranges beyond the end are refused",
  withDesk({ limits: { readBytes: 1_000 } }, async (desk) => {
    desk.write(desk.shown("file"), content);
    const files = await desk.files();
    const read = async (offset: bigint, length: bigint): Promise<void> => {
      for await (const _ of files.read({ path: "public/file", offset, length })) {
      }
    };
    assertError(await caught(read(0n, BigInt(content.length) + 1n)), "OUT_OF_RANGE", "MAY_HAVE_RUN");
    assertError(await caught(read(2n ** 64n - 1n, 2n)), "OUT_OF_RANGE", "MAY_HAVE_RUN");
    assertError(await caught(read(0n, 1_001n)), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /readBytes allows 1000/);
    await read(BigInt(content.length), 0n);
  }),
);

test(
  "a link where the part should be is not followed",
  withDesk({}, async (desk) => {
    desk.write(desk.shown("file"), content);
    desk.write(desk.here("precious"), "precious");
    symlinkSync("precious", desk.here("got.part"));
    assert.ok(await caught(fetch(desk)));
    assert.is(readFileSync(desk.here("precious"), "utf8"), "precious");
    assert.not(existsSync(desk.here("got")));
  }),
);

test.run();
