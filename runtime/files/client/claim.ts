import { appendFile, readFile, rm } from "node:fs/promises";
import { CommandError } from "../../errors/command-error.ts";
import { errorCode, quoted } from "../errors.ts";

/** Who claims, and which other processes live. */
export interface ClaimingProcess {
  readonly pid: number;
  readonly lives: (pid: number) => boolean;
}

const thisProcess: ClaimingProcess = { pid: process.pid, lives };

/**
 * Claims a file of this machine for one process: `claim` is a file beside it with a line for each process that wanted it, and the first of them that lives has
 * it. So a process that ended without a word holds nothing, and of those that come at once exactly one goes on. Returns a way to give it back. Processes of other
 * machines and containers are not seen, nor is a number that the system has given to another process meanwhile told from the first: hence the file's name in the
 * error. Throws CommandError FAILED_PRECONDITION where another process has it.
 */
export async function claimFile(
  target: string,
  claim: string,
  { pid, lives }: ClaimingProcess = thisProcess,
): Promise<() => Promise<void>> {
  const owner = async (): Promise<number | undefined> => (await pidsOf(claim)).find((other) => other === pid || lives(other));
  for (;;) {
    const before = await owner();
    if (before === undefined) await appendFile(claim, `${pid}\n`, { mode: 0o600 });
    // Read again: of two that found nobody, the first line counts. None is left where an owner was done just now.
    const has = before ?? (await owner());
    if (has === pid) return () => rm(claim, { force: true });
    if (has === undefined) continue;
    const remedy = `wait for it, or remove ${quoted(claim)} if that process does something else`;
    throw new CommandError("FAILED_PRECONDITION", `${quoted(target)} is being downloaded by process ${has}; ${remedy}`);
  }
}

async function pidsOf(claim: string): Promise<readonly number[]> {
  try {
    const text = await readFile(claim, "utf8");
    const pids = text.split("\n").map(Number);
    return pids.filter((pid) => Number.isSafeInteger(pid) && pid > 0);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    // Signal 0 is sent to nobody.
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
