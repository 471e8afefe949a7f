import { readFileSync, rmSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Files, UploadGone } from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import { download } from "../../../runtime/files/client/download.ts";
import type { FilesSession } from "../../../runtime/files/client/session.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import { caught } from "../../support/command/assert-error.ts";
import { bytesOf, withDesk } from "../../support/files/desk.ts";

const test = suite("files/several");

const RANGE = 16_384;
const COUNT = 40;
const content = bytesOf(COUNT * RANGE);
const limits = { rangeBytes: RANGE };

/** A session whose ranges are counted. */
function counted(session: FilesSession, onRange: () => void): FilesSession {
  return {
    get state() {
      return session.state;
    },
    status: () => session.status(),
    use(service) {
      const files = session.use(Files);
      const counting = {
        stat: files.stat.bind(files),
        digest: files.digest.bind(files),
        begin: files.begin.bind(files),
        commit: files.commit.bind(files),
        abort: files.abort.bind(files),
        read: (...args: Parameters<typeof files.read>) => {
          onRange();
          return files.read(...args);
        },
        write: (...args: Parameters<typeof files.write>) => {
          onRange();
          return files.write(...args);
        },
      };
      return (service as unknown) === Files ? (counting as never) : session.use(service);
    },
  };
}

for (const direction of ["up", "down"] as const) {
  test(
    `several sessions share the ranges of one file (${direction})`,
    withDesk({ limits }, async (desk) => {
      const counts = [0, 0, 0];
      const clients = [await desk.connect(), await desk.connect(), await desk.connect()];
      const sessions = clients.map((client, index) =>
        counted(client, () => {
          counts[index]! += 1;
        }),
      );
      desk.write(direction === "up" ? desk.here("file") : desk.shown("file"), content);
      if (direction === "up") await upload({ sessions, from: desk.here("file"), path: "public/file", parallel: 2 });
      else await download({ sessions, path: "public/file", to: desk.here("file"), parallel: 2, rangeBytes: RANGE });
      assert.ok(content.equals(readFileSync(direction === "up" ? desk.shown("file") : desk.here("file"))));
      assert.is(counts[0]! + counts[1]! + counts[2]!, COUNT);
      for (const count of counts) assert.ok(count >= 2, counts.join(" "));
    }),
  );

  test(
    `of three sessions two end on the way, and the third finishes what they had (${direction})`,
    withDesk({ limits }, async (desk) => {
      const clients = [await desk.connect(), await desk.connect(), await desk.connect()];
      desk.write(direction === "up" ? desk.here("file") : desk.shown("file"), content);
      const onProgress = ({ bytes }: { readonly bytes: number }): void => {
        if (bytes > 5 * RANGE) void clients[0]!.close();
        if (bytes > 15 * RANGE) void clients[1]!.close();
      };
      const options = { sessions: clients, path: "public/file", parallel: 2, onProgress };
      if (direction === "up") await upload({ ...options, from: desk.here("file") });
      else await download({ ...options, to: desk.here("file"), rangeBytes: RANGE });
      assert.ok(content.equals(readFileSync(direction === "up" ? desk.shown("file") : desk.here("file"))));
      assert.equal(desk.staged, []);
    }),
  );

  test(
    `when the last session is lost the transfer fails, and another one goes on from there (${direction})`,
    withDesk({ limits }, async (desk) => {
      const clients = [await desk.connect(), await desk.connect()];
      desk.write(direction === "up" ? desk.here("file") : desk.shown("file"), content);
      const onProgress = ({ bytes }: { readonly bytes: number }): void => {
        if (bytes > 20 * RANGE) for (const client of clients) void client.close();
      };
      const run = (sessions: readonly FilesSession[], more: object): ReturnType<typeof upload> =>
        direction === "up"
          ? upload({ sessions, from: desk.here("file"), path: "public/file", ...more })
          : download({ sessions, path: "public/file", to: desk.here("file"), rangeBytes: RANGE, ...more });
      const error = await caught(run(clients, { onProgress }));
      assert.ok(CommandError.is(error) && error.code === "SESSION_LOST", String(error));
      const { resumedBytes } = await run([await desk.connect()], {});
      assert.ok(resumedBytes >= 10 * RANGE, String(resumedBytes));
      assert.ok(content.equals(readFileSync(direction === "up" ? desk.shown("file") : desk.here("file"))));
      rmSync(desk.here("file"));
    }),
  );
}

for (const direction of ["up", "down"] as const) {
  test(
    `a connection that is lost costs nothing: the session goes on, and no range comes twice (${direction})`,
    withDesk({ limits }, async (desk) => {
      let ranges = 0;
      const client = await desk.connect();
      const session = counted(client, () => {
        ranges += 1;
      });
      desk.write(direction === "up" ? desk.here("file") : desk.shown("file"), content);
      let next = 5 * RANGE;
      const onProgress = ({ bytes }: { readonly bytes: number }): void => {
        if (bytes < next) return;
        next += 10 * RANGE;
        desk.cut();
      };
      const options = { sessions: [session], path: "public/file", onProgress };
      if (direction === "up") await upload({ ...options, from: desk.here("file") });
      else await download({ ...options, to: desk.here("file"), rangeBytes: RANGE });
      assert.ok(content.equals(readFileSync(direction === "up" ? desk.shown("file") : desk.here("file"))));
      assert.equal([ranges, desk.connections], [COUNT, 5]);
    }),
  );
}

test(
  "of two uploads of the same file to the same path at once the later one ends well, and the other is told if it lost the upload to it",
  withDesk({ limits }, async (desk) => {
    desk.write(desk.here("file"), content);
    const one = async (): ReturnType<typeof upload> =>
      upload({ sessions: [await desk.connect()], from: desk.here("file"), path: "public/file" });
    const settled = await Promise.allSettled([one(), one()]);
    assert.ok(settled.some(({ status }) => status === "fulfilled"));
    assert.ok(content.equals(readFileSync(desk.shown("file"))));
    for (const each of settled)
      if (each.status === "rejected") assert.ok(CommandError.is(each.reason) && each.reason.detail(UploadGone)?.taken, String(each.reason));
  }),
);

test(
  "a server with few places makes a transfer slower, and lets it through",
  withDesk({ limits: { ...limits, readsPerPrincipal: 2 } }, async (desk) => {
    desk.write(desk.shown("file"), content.subarray(0, 8 * RANGE));
    const sessions = [await desk.connect(), await desk.connect()];
    await download({ sessions, path: "public/file", to: desk.here("file"), rangeBytes: RANGE });
    assert.ok(content.subarray(0, 8 * RANGE).equals(readFileSync(desk.here("file"))));
  }),
);

test.run();
