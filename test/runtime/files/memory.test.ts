import { statSync, truncateSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { download } from "../../../runtime/files/client/download.ts";
import { upload } from "../../../runtime/files/client/upload.ts";
import { type Desk, withDesk } from "../../support/files/desk.ts";
import { note } from "../../support/report.ts";

export const testTimeoutMs = 120_000;
export const testRunsAlone = true;

const test = suite("files/memory");

const MIB = 1_048_576;
const SIZE = 128 * MIB;
/** Both ends are in this process: four windows at each, records, slices of 256 KiB. */
const MOST = 64 * MIB;

/** How often it is looked, in bytes. */
const STEP = 8 * MIB;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes in buffers that somebody still refers to. */
function held(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** A file that takes no room. */
function sparse(desk: Desk, file: string): void {
  desk.write(file, "");
  truncateSync(file, SIZE);
}

for (const direction of ["up", "down"] as const) {
  test(
    `a transfer holds no more than its windows, however large the file is (${direction})`,
    withDesk({}, async (desk) => {
      sparse(desk, direction === "up" ? desk.here("file") : desk.shown("file"));
      const client = await desk.connect();
      const before = held();
      let peak = 0;
      let next = 0;
      const onProgress = ({ bytes }: { readonly bytes: number }): void => {
        if (bytes < next) return;
        next = bytes + STEP;
        peak = Math.max(peak, held() - before);
      };
      const options = { sessions: [client], path: "public/file", onProgress };
      if (direction === "up") await upload({ ...options, from: desk.here("file") });
      else await download({ ...options, to: desk.here("file") });
      note(`${SIZE / MIB} MiB ${direction}: ${(peak / MIB).toFixed(1)} MiB at once`);
      assert.is(statSync(direction === "up" ? desk.shown("file") : desk.here("file")).size, SIZE);
      assert.ok(peak < MOST, `${peak} bytes`);
    }),
  );
}

test.run();
