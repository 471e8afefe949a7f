import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { claimFile } from "../../../../runtime/files/client/claim.ts";
import { assertError, caught } from "../../../support/command/assert-error.ts";

const test = suite("files/client/claim");

/** A claim in a folder of its own, and which processes live. */
async function withClaim(work: (claim: string, living: Set<number>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "zserver-claim-"));
  try {
    await work(path.join(folder, "a.part.claim"), new Set());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A process that claims, and lives from now on. */
function claimed(claim: string, pid: number, living: Set<number>): Promise<() => Promise<void>> {
  living.add(pid);
  return claimFile("/here/a", claim, { pid, lives: (other) => living.has(other) });
}

test("the second process is told which one has the file, and what to do; when that is done, nothing is left and the next one has it", () =>
  withClaim(async (claim, living) => {
    const release = await claimed(claim, 11, living);
    const message = `"/here/a" is being downloaded by process 11; wait for it, or remove ${JSON.stringify(claim)} if that process does something else`;
    assertError(await caught(claimed(claim, 12, living)), "FAILED_PRECONDITION", "MAY_HAVE_RUN", message);
    await release();
    assert.not(existsSync(claim));
    await (await claimed(claim, 12, living))();
  }));

test("a process that ended without a word holds nothing, nor does one that had this one's number, nor a claim that holds anything else", () =>
  withClaim(async (claim, living) => {
    for (const left of ["11\n", "12\n", "", "11", "-1\n0\n\u0000\n1e99\nhello\n"]) {
      writeFileSync(claim, left);
      const release = await claimed(claim, 12, living);
      assertError(await caught(claimed(claim, 13, living)), "FAILED_PRECONDITION", "MAY_HAVE_RUN", /process 12;/);
      await release();
      assert.not(existsSync(claim));
    }
  }));

test("of many processes that find a dead one's claim at once, or none, exactly one goes on, and after its end another one", () =>
  withClaim(async (claim, living) => {
    for (const left of [undefined, "999\n", "998\n999\n"]) {
      if (left !== undefined) writeFileSync(claim, left);
      for (let round = 0; round < 10; round += 1) {
        const pids = Array.from({ length: 8 }, (_, index) => 100 * (round + 1) + index);
        const settled = await Promise.allSettled(pids.map((pid) => claimed(claim, pid, living)));
        const owners = settled.filter(({ status }) => status === "fulfilled");
        assert.is(owners.length, 1, existsSync(claim) ? readFileSync(claim, "utf8") : "");
        for (const one of settled) if (one.status === "fulfilled") await one.value();
        for (const pid of pids) living.delete(pid);
      }
    }
  }));

test.run();
