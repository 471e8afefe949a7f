import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { readFileSync } from "node:fs";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** What publint and "are the types wrong" find in a packed package, for those who import it as an ECMAScript module. */
export async function checkPackedPackage(file: string): Promise<readonly string[]> {
  const bytes = new Uint8Array(readFileSync(file));
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.slice().buffer } });
  const result = await checkPackage(createPackageFromTarballData(bytes));
  const problems = "problems" in result ? result.problems : [];
  // The tool's own profile `esm-only`: neither what requires, nor what is older than `exports`.
  const wrong = problems.filter((problem) => !("resolutionKind" in problem && /^node(?:10|16-cjs)$/.test(problem.resolutionKind)));
  return [...messages.map((message) => formatMessage(message, pkg) ?? message.code), ...wrong.map((problem) => JSON.stringify(problem))];
}
