import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  DigestMismatch,
  FileChanged,
  type FilesProxy,
  QuotaExceeded,
  UploadGone,
  type WritePieceInit,
} from "../../../generated/zserver/files/v1/files.ts";
import type { TransferProgress } from "../../../runtime/files/client/options.ts";
import type { FilesSession } from "../../../runtime/files/client/session.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import { Folder } from "../../../runtime/files/folder.ts";
import type { Clock } from "../../../runtime/time/clock.ts";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { assertError, caught } from "../../support/command/assert-error.ts";
import { bytesOf, Desk, pieces, sha256, withDesk } from "../../support/files/desk.ts";

let ahead = 0;

/** The system's clock, so many milliseconds ahead. */
const aheadBy = (ms: () => number): Clock => ({ ...systemClock, wallNow: () => systemClock.wallNow() + ms() });

const test = suite("files/uploads");

const RANGE = 65_536;
const limits = { rangeBytes: RANGE };
const content = bytesOf(3 * RANGE + 100);
const request = { path: "public/file", size: BigInt(content.length), source: "v1", replace: true };
const rangeOf = (index: number): Buffer => content.subarray(index * RANGE, (index + 1) * RANGE);

/** Sends ranges of an upload. */
async function send(files: FilesProxy, id: string, ...indices: number[]): Promise<void> {
  for (const index of indices) await files.write(pieces(id, index * RANGE, rangeOf(index)));
}

/** The files of the one upload that is open. */
function staged(desk: Desk): { readonly part: string; readonly journal: string } {
  const [journal, part] = desk.staged.map((name) => path.join(desk.top, ".shown.uploads", name));
  return { part: part!, journal: journal! };
}

/** The same folders under another service: the process died, and another one began. */
async function reborn(desk: Desk): Promise<Desk> {
  return Desk.open({ limits, top: desk.top });
}

const verifiedOf = (reply: { readonly verified: readonly { readonly offset: bigint; readonly length: bigint }[] }): number[][] =>
  reply.verified.map(({ offset, length }) => [Number(offset), Number(length)]);

test(
  "nothing is visible until the commit; then all of it is, at once",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const begun = await files.begin(request);
    assert.is(begun.rangeBytes, RANGE);
    assert.equal(verifiedOf(begun), []);
    await send(files, begun.upload, 2, 0, 3);
    const early = await caught(files.commit({ upload: begun.upload, digest: sha256(content) }));
    assertError(early, "FAILED_PRECONDITION", "MAY_HAVE_RUN", /1 ranges are missing/);
    await send(files, begun.upload, 1);
    assert.equal(readdirSync(desk.shown()), []);
    const info = await files.commit({ upload: begun.upload, digest: sha256(content) });
    assert.equal([info.size, info.version], [BigInt(content.length), (await files.stat({ path: "public/file" })).version]);
    assert.ok(content.equals(readFileSync(desk.shown("file"))));
    assert.equal(desk.staged, []);
    assert.ok(assertError(await caught(files.abort({ upload: begun.upload })), "NOT_FOUND", "MAY_HAVE_RUN").detail(UploadGone));
  }),
);

test(
  "an upload is taken up where it was, by the same principal and for the same content only",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files("alice");
    const first = await files.begin(request);
    await send(files, first.upload, 0, 1, 3);
    const again = await (await desk.files("alice")).begin(request);
    assert.equal(verifiedOf(again), [
      [0, 2 * RANGE],
      [3 * RANGE, 100],
    ]);
    assert.ok(assertError(await caught(send(files, first.upload, 2)), "ABORTED", "MAY_HAVE_RUN").detail(UploadGone)!.taken);
    assert.equal(verifiedOf(await (await desk.files("bob")).begin(request)), []);
    assert.equal(verifiedOf(await files.begin({ ...request, source: "v2" })), []);
    assert.equal(verifiedOf(await files.begin({ ...request, size: request.size + 1n })), []);
    assert.equal(verifiedOf(await files.begin({ ...request, path: "public/other" })), []);
    assertError(await caught((await desk.files("bob")).abort({ upload: again.upload })), "NOT_FOUND", "MAY_HAVE_RUN");
    await send(files, again.upload, 2);
    await files.commit({ upload: again.upload, digest: sha256(content) });
    assert.ok(content.equals(readFileSync(desk.shown("file"))));
  }),
);

test(
  "a range with another digest, another length, or none is refused, and the upload goes on",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    const refused = async (offset: number, bytes: Uint8Array, digest?: Uint8Array): Promise<unknown> =>
      caught(files.write(pieces(id, offset, bytes, digest)));
    for (const error of [
      await refused(0, rangeOf(0), sha256(rangeOf(1))),
      await refused(0, rangeOf(0), new Uint8Array(0)),
      await refused(0, rangeOf(0).subarray(1)),
      await refused(0, content.subarray(0, RANGE + 1)),
    ]) {
      const { offset, length } = assertError(error, "DATA_LOSS", "MAY_HAVE_RUN").detail(DigestMismatch)!;
      assert.equal([offset, length], [0n, BigInt(RANGE)]);
    }
    assertError(await refused(1, rangeOf(0)), "OUT_OF_RANGE", "MAY_HAVE_RUN");
    assertError(await refused(4 * RANGE, rangeOf(0)), "OUT_OF_RANGE", "MAY_HAVE_RUN");
    async function* headless(): AsyncGenerator<{ part: { case: "content"; value: Uint8Array } }> {
      yield { part: { case: "content", value: rangeOf(0) } };
    }
    assertError(await caught(files.write(headless())), "INVALID_ARGUMENT", "MAY_HAVE_RUN");
    assert.equal(verifiedOf(await files.begin(request)), []);
  }),
);

test(
  "a source that breaks off leaves a range missing, and everything else as it was",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    await send(files, id, 0, 1);
    async function* broken(): ReturnType<typeof pieces> {
      for await (const piece of pieces(id, RANGE, rangeOf(1))) {
        if (piece.part.case === "digest") throw new Error("the source is gone");
        yield piece;
      }
    }
    assertError(await caught(files.write(broken())), "CANCELLED", "MAY_HAVE_RUN");
    const again = await files.begin(request);
    assert.equal(verifiedOf(again), [[0, RANGE]]);
  }),
);

for (const [what, damage] of [
  ["the part", (desk: Desk) => flip(staged(desk).part, RANGE + 7)],
  ["the part, which is shorter by a byte", (desk: Desk) => truncateSync(staged(desk).part, content.length - 1)],
  ["the part, which is longer by a byte", (desk: Desk) => appendFileSync(staged(desk).part, "x")],
] as const) {
  test(`a byte of ${what}, changed behind the server's back, is found at the commit; what is damaged comes again`, async () => {
    const desk = await Desk.open({ limits });
    try {
      const files = await desk.files();
      const { upload: id } = await files.begin(request);
      await send(files, id, 0, 1, 2, 3);
      damage(desk);
      const digest = sha256(content);
      assert.ok(assertError(await caught(files.commit({ upload: id, digest })), "DATA_LOSS", "MAY_HAVE_RUN").detail(DigestMismatch));
      assert.not(existsSync(desk.shown("file")));
      const again = await files.begin(request);
      const there = again.verified.reduce((sum, { length }) => sum + Number(length), 0);
      assert.ok(there < content.length);
      const missing = [0, 1, 2, 3].filter(
        (index) => !again.verified.some(({ offset, length }) => index * RANGE >= offset && index * RANGE < offset + length),
      );
      await send(files, again.upload, ...missing);
      await files.commit({ upload: again.upload, digest });
      assert.ok(content.equals(readFileSync(desk.shown("file"))));
    } finally {
      await desk.close();
    }
  });
}

test(
  "after the server's death every byte of the part is verified before it is trusted",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    await send(files, id, 0, 1, 2, 3);
    flip(staged(desk).part, 2 * RANGE + 5);
    const other = await reborn(desk);
    try {
      const again = await (await other.files()).begin(request);
      assert.equal(verifiedOf(again), [
        [0, 2 * RANGE],
        [3 * RANGE, 100],
      ]);
    } finally {
      await other.close();
    }
  }),
);

test(
  "a changed byte anywhere in the journal costs what it says, and never an untrue byte",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    await send(files, id, 0, 1, 2, 3);
    const { journal, part } = staged(desk);
    const whole = readFileSync(journal);
    const stored = readFileSync(part);
    for (let at = 0; at < whole.length; at += 13) {
      writeFileSync(part, stored);
      writeFileSync(journal, whole);
      flip(journal, at);
      const other = await reborn(desk);
      try {
        const othersFiles = await other.files();
        const again = await othersFiles.begin(request);
        const there = again.verified.reduce((sum, { length }) => sum + Number(length), 0);
        assert.ok(there < content.length, `byte ${at}`);
        const missing = [0, 1, 2, 3].filter(
          (index) => !again.verified.some(({ offset, length }) => index * RANGE >= offset && index * RANGE < offset + length),
        );
        await send(othersFiles, again.upload, ...missing);
        await othersFiles.commit({ upload: again.upload, digest: sha256(content) });
        assert.ok(content.equals(readFileSync(desk.shown("file"))));
        assert.equal(desk.staged, [], `byte ${at}`);
      } finally {
        await other.close();
      }
    }
  }),
);

test(
  "a client that sends what it never hashed is told, and nothing is kept",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    await send(files, id, 0, 1, 2, 3);
    assertError(await caught(files.commit({ upload: id, digest: sha256(Buffer.from("other")) })), "DATA_LOSS", "MAY_HAVE_RUN");
    assert.equal([desk.staged, readdirSync(desk.shown())], [[], []]);
  }),
);

test(
  "nobody writes to a file while it is verified and put in its place",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const other = bytesOf(RANGE, 5);
    for (let round = 0; round < 10; round += 1) {
      const { upload: id } = await files.begin(request);
      await send(files, id, 0, 1, 2, 3);
      const committing = files.commit({ upload: id, digest: sha256(content) });
      const writes = Array.from({ length: 4 }, (_, index) => caught(files.write(pieces(id, (index % 3) * RANGE, other))));
      await committing;
      for (const error of await Promise.all(writes)) assertError(error, "NOT_FOUND", "MAY_HAVE_RUN");
      assert.ok(content.equals(readFileSync(desk.shown("file"))), `round ${round}`);
    }
  }),
);

test(
  "a server that wants a file in ranges of a byte is refused",
  withDesk({ limits }, async (desk) => {
    const client = await desk.connect();
    desk.write(desk.here("a"), content);
    for (const rangeBytes of [0, 1]) {
      const session = {
        state: "open" as const,
        status: () => client.status(),
        use: () => ({ begin: async () => ({ upload: "x", rangeBytes, verified: [] }) }) as never,
      };
      const error = await caught(upload({ sessions: [session], from: desk.here("a"), path: "public/a" }));
      assertError(error, "INTERNAL", "MAY_HAVE_RUN", /the server wants/);
    }
  }),
);

test(
  "two uploads to one path at once: each is whole, and the last to commit stays",
  withDesk({ limits }, async (desk) => {
    const [alice, bob] = [await desk.files("alice"), await desk.files("bob")];
    const other = bytesOf(content.length, 99);
    const ours = await alice.begin(request);
    const theirs = await bob.begin(request);
    for (const index of [0, 1, 2, 3]) {
      await alice.write(pieces(ours.upload, index * RANGE, rangeOf(index)));
      await bob.write(pieces(theirs.upload, index * RANGE, other.subarray(index * RANGE, (index + 1) * RANGE)));
    }
    await bob.commit({ upload: theirs.upload, digest: sha256(other) });
    assert.ok(other.equals(readFileSync(desk.shown("file"))));
    await alice.commit({ upload: ours.upload, digest: sha256(content) });
    assert.ok(content.equals(readFileSync(desk.shown("file"))));
    assert.equal(desk.staged, []);
  }),
);

test(
  "who does not mean to replace a file does not, however late it appears",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const careful = { ...request, replace: false };
    const { upload: id } = await files.begin(careful);
    await send(files, id, 0, 1, 2, 3);
    desk.write(desk.shown("file"), "somebody's");
    assertError(await caught(files.commit({ upload: id, digest: sha256(content) })), "ALREADY_EXISTS", "MAY_HAVE_RUN");
    assertError(await caught(files.begin({ ...careful, path: "public/file", source: "v3" })), "ALREADY_EXISTS", "MAY_HAVE_RUN");
    assert.is(readFileSync(desk.shown("file"), "utf8"), "somebody's");
  }),
);

test(
  "a folder of uploads that is gone is the server's to mend: its log has the path and what to do, clients learn neither",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const uploads = path.join(desk.top, ".shown.uploads");
    rmdirSync(uploads);
    const error = assertError(
      await caught(files.begin(request)),
      "INTERNAL",
      "MAY_HAVE_RUN",
      "the server cannot keep uploads at the moment",
    );
    assert.is(desk.log.length, 1);
    assert.match(desk.log[0]!.message, error.incident!);
    const { message } = (desk.log[0]!.error as Error).cause as Error;
    assert.is(message, `uploads cannot be kept in ${uploads}: make that folder, or let this process write there`);
    mkdirSync(uploads);
    await files.begin(request);
    assert.is(desk.log.length, 1);
  }),
);

test(
  "an upload whose file somebody removed is over, and begins anew; a client does that by itself",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    for (const last of [[1], []]) {
      const { upload: id } = await files.begin(request);
      await send(files, id, ...[0, 1, 2, 3].filter((index) => !last.includes(index)));
      rmSync(staged(desk).part);
      const next = last.length > 0 ? send(files, id, ...last) : files.commit({ upload: id, digest: sha256(content) });
      assert.is(assertError(await caught(next), "NOT_FOUND", "MAY_HAVE_RUN").detail(UploadGone)?.taken, false);
      assert.equal(desk.staged, []);
    }
    desk.write(desk.here("a"), content);
    let removed = false;
    const onProgress = ({ bytes }: TransferProgress): void => {
      if (removed || bytes < 2 * RANGE) return;
      removed = true;
      rmSync(staged(desk).part);
    };
    await upload({ sessions: [await desk.connect()], from: desk.here("a"), path: "public/file", parallel: 1, onProgress });
    assert.ok(removed && content.equals(readFileSync(desk.shown("file"))));
  }),
);

test(
  "what cannot be removed keeps no other upload from being swept, and counts no more",
  withDesk({ limits: { ...limits, uploadAgeMs: 60_000, uploadsPerPrincipal: 2 }, clock: aheadBy(() => ahead) }, async (desk) => {
    ahead = 0;
    const files = await desk.files();
    await files.begin(request);
    const { part } = staged(desk);
    await files.begin({ ...request, path: "public/other" });
    rmSync(part);
    mkdirSync(part);
    ahead = 100_000;
    assert.ok(await caught(desk.service.sweep()));
    assert.equal(desk.staged.filter((name) => name.endsWith(".journal")).length, 1);
    for (const name of ["a", "b"]) await files.begin({ ...request, path: `public/${name}` });
    rmdirSync(part);
  }),
);

test(
  "an upload that was put in its place is over, also where nothing can be said of the file any more",
  withDesk({ limits }, async (desk) => {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    await send(files, id, 0, 1, 2, 3);
    const { file } = Folder.prototype;
    try {
      Folder.prototype.file = () => Promise.reject(Object.assign(new Error("somebody was faster"), { code: "ENOENT" }));
      assertError(await caught(files.commit({ upload: id, digest: sha256(content) })), "NOT_FOUND", "MAY_HAVE_RUN");
    } finally {
      Folder.prototype.file = file;
    }
    assert.ok(content.equals(readFileSync(desk.shown("file"))));
    assert.equal(desk.staged, []);
    assert.equal(verifiedOf(await files.begin(request)), []);
  }),
);

test(
  "what a server says again and again of what it has costs nothing, and a range that it has in part is sent",
  withDesk({}, async (desk) => {
    desk.write(desk.here("a"), bytesOf(65_536));
    const part = (offset: number, length: number): { offset: bigint; length: bigint } => ({
      offset: BigInt(offset),
      length: BigInt(length),
    });
    const cases: readonly (readonly [rangeBytes: number, verified: readonly ReturnType<typeof part>[], sent: readonly number[]])[] = [
      [1, Array.from({ length: 100_000 }, () => part(0, 65_536)), []],
      [20_000, [part(1, 20_000), part(40_000, 20_000), part(0, 20_000), part(65_000, 1_000_000)], [0, 20_000, 60_000]],
      [20_000, [part(60_000, 5_536)], [0, 20_000, 40_000]],
    ];
    for (const [rangeBytes, verified, expected] of cases) {
      const sent: number[] = [];
      const files: Partial<FilesProxy> = {
        begin: async () => ({ upload: "u", rangeBytes, verified }),
        async write(pieces) {
          for await (const { part: piece } of pieces as AsyncIterable<WritePieceInit>)
            if (piece?.case === "head") sent.push(Number(piece.value.offset));
          return { verifiedBytes: 0n };
        },
        commit: async () => ({ kind: 1, size: 65_536n, version: "", modifiedMs: 0n }),
      };
      const session = { state: "open", use: () => files, status: () => [] } as unknown as FilesSession;
      await upload({ sessions: [session], from: desk.here("a"), path: "public/a" });
      assert.equal(
        sent.sort((a, b) => a - b),
        expected,
      );
    }
  }),
);

test(
  "what is no file is not sent, and not waited for",
  withDesk({}, async (desk) => {
    execFileSync("mkfifo", [desk.here("pipe")]);
    const sessions = [await desk.connect()];
    for (const name of ["pipe", "."])
      assertError(
        await caught(upload({ sessions, from: desk.here(name), path: "public/a" })),
        "FAILED_PRECONDITION",
        "MAY_HAVE_RUN",
        /is no file/,
      );
  }),
);

test("uploads that nobody writes to are swept by age, those of earlier processes too", async () => {
  ahead = 0;
  const clock = aheadBy(() => ahead);
  const desk = await Desk.open({ limits: { ...limits, uploadAgeMs: 60_000 }, clock });
  try {
    const files = await desk.files();
    const { upload: id } = await files.begin(request);
    ahead = 50_000;
    await send(files, id, 0);
    ahead = 100_000;
    await desk.service.sweep();
    assert.is(desk.staged.length, 2);
    ahead = 120_000;
    await desk.service.sweep();
    assert.equal(desk.staged, []);
    assertError(await caught(send(files, id, 1)), "NOT_FOUND", "MAY_HAVE_RUN");
    await files.begin(request);
    writeFileSync(path.join(desk.top, ".shown.uploads", `${"0".repeat(32)}.part`), "without a journal");
    ahead = 300_000;
    const other = await Desk.open({ limits: { ...limits, uploadAgeMs: 60_000 }, clock, top: desk.top });
    await other.close();
    assert.equal(desk.staged, []);
  } finally {
    await desk.close();
  }
});

test(
  "open uploads are bounded, in all and for each principal",
  withDesk({ limits: { ...limits, openUploads: 3, uploadsPerPrincipal: 2 } }, async (desk) => {
    const [alice, bob] = [await desk.files("alice"), await desk.files("bob")];
    const begin = (files: FilesProxy, name: string): Promise<unknown> => files.begin({ ...request, path: `public/${name}` });
    const refused = async (files: FilesProxy): Promise<readonly [string, bigint]> => {
      const { limit, allowed } = assertError(await caught(begin(files, "more")), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN").detail(
        QuotaExceeded,
      )!;
      return [limit, allowed];
    };
    await begin(alice, "1");
    await begin(alice, "2");
    await begin(alice, "2");
    assert.equal(await refused(alice), ["uploadsPerPrincipal", 2n]);
    await begin(bob, "1");
    assert.equal(await refused(bob), ["openUploads", 3n]);
  }),
);

test(
  "a root's bytes and files are bounded, with what open uploads were promised; what is removed makes room",
  withDesk({ limits, root: { maxBytes: 1_000, maxFiles: 3 } }, async (desk) => {
    desk.write(desk.shown("there"), Buffer.alloc(300));
    const files = await desk.files();
    const begin = (name: string, size: number): ReturnType<FilesProxy["begin"]> =>
      files.begin({ path: `public/${name}`, size: BigInt(size), source: "s", replace: true });
    const refused = async (name: string, size: number): Promise<string> =>
      assertError(await caught(begin(name, size)), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN").detail(QuotaExceeded)!.limit;
    assert.is(await refused("a", 701), "maxBytes");
    const a = await begin("a", 600);
    assert.is(await refused("b", 101), "maxBytes");
    const bytes = bytesOf(600);
    await files.write(pieces(a.upload, 0, bytes));
    await files.commit({ upload: a.upload, digest: sha256(bytes) });
    assert.is(await refused("b", 101), "maxBytes");
    await begin("b", 100);
    assert.is(await refused("c", 0), "maxFiles");
    await files.remove({ path: "public/a" });
    await begin("c", 600);
  }),
);

test(
  "of a private root each principal has its own quota",
  withDesk({ limits, root: { private: true, maxBytes: 1_000 } }, async (desk) => {
    const begin = async (id: string, name: string, size: number): Promise<unknown> =>
      (await desk.files(id)).begin({ path: `public/${name}`, size: BigInt(size), source: "s" });
    await begin("alice", "a", 900);
    assertError(await caught(begin("alice", "b", 101)), "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /maxBytes allows 1000/);
    await begin("bob", "b", 900);
    await begin("alice", "b", 100);
  }),
);

test(
  "an upload for which there was no place among those that read does not count as open",
  withDesk({ limits: { ...limits, uploadsPerPrincipal: 1, readsPerPrincipal: 1 } }, async (desk) => {
    desk.write(desk.shown("large"), Buffer.alloc(4_000_000));
    const files = await desk.files();
    const reading = files.read({ path: "public/large", length: 4_000_000n })[Symbol.asyncIterator]();
    await reading.next();
    const refused = await caught(files.begin({ ...request, source: "" }));
    assertError(refused, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /readsPerPrincipal allows 1/);
    for (let step = await reading.next(); !step.done; ) step = await reading.next();
    await files.begin({ ...request, path: "public/other" });
  }),
);

test("an upload that cannot be made does not count as open", async () => {
  const desk = await Desk.open({ limits: { ...limits, uploadsPerPrincipal: 1 } });
  try {
    const files = await desk.files();
    const staging = path.join(desk.top, ".shown.uploads");
    rmdirSync(staging);
    assert.ok(await caught(files.begin(request)));
    mkdirSync(staging);
    await files.begin(request);
  } finally {
    await desk.close();
  }
});

test(
  "a disk without room for a file refuses it before anything travels",
  withDesk({ root: { maxBytes: Number.MAX_SAFE_INTEGER } }, async (desk) => {
    const files = await desk.files();
    const error = await caught(files.begin({ ...request, size: BigInt(Number.MAX_SAFE_INTEGER) - 1n }));
    assertError(error, "RESOURCE_EXHAUSTED", "MAY_HAVE_RUN", /no room on the disk/);
    assert.equal(desk.staged, []);
  }),
);

test(
  "a file that changes while it is sent is noticed, and nothing is left of it",
  withDesk({ limits }, async (desk) => {
    const client = await desk.connect();
    desk.write(desk.here("a"), content);
    const onProgress = (): void => appendFileSync(desk.here("a"), "more");
    const error = await caught(upload({ sessions: [client], from: desk.here("a"), path: "public/a", onProgress }));
    assertError(error, "FAILED_PRECONDITION", "MAY_HAVE_RUN", /has changed/);
    assert.equal([desk.staged, readdirSync(desk.shown())], [[], []]);
  }),
);

test(
  "so is one that becomes shorter",
  withDesk({ limits }, async (desk) => {
    const client = await desk.connect();
    desk.write(desk.here("a"), content);
    const onProgress = (): void => truncateSync(desk.here("a"), 70_000);
    const error = await caught(upload({ sessions: [client], from: desk.here("a"), path: "public/a", parallel: 1, onProgress }));
    assert.ok(assertError(error, "FAILED_PRECONDITION", "MAY_HAVE_RUN", /has changed/).detail(FileChanged));
    assert.equal([desk.staged, readdirSync(desk.shown())], [[], []]);
  }),
);

test(
  "uploads that replace one file at the same time count it once",
  withDesk({ limits, root: { maxFiles: 12, maxBytes: 100_000 } }, async (desk) => {
    const client = await desk.connect();
    const sizes = Array.from({ length: 8 }, (_, index) => 1_000 + index);
    for (const size of sizes) desk.write(desk.here(String(size)), bytesOf(size));
    await Promise.all(sizes.map((size) => upload({ sessions: [client], from: desk.here(String(size)), path: "public/same" })));
    assert.equal(readdirSync(desk.shown()), ["same"]);
    // There is room for eleven more, and no twelfth.
    for (let index = 0; index < 11; index += 1) await upload({ sessions: [client], from: desk.here("1000"), path: `public/${index}` });
    assertError(
      await caught(upload({ sessions: [client], from: desk.here("1000"), path: "public/more" })),
      "RESOURCE_EXHAUSTED",
      "MAY_HAVE_RUN",
      /too many files/,
    );
  }),
);

/** Changes one bit of a file. */
function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

test.run();
