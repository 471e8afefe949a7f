import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../codegen/bin/zgen.mjs", import.meta.url));

export interface ZgenRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `zgen` as a person would, in a folder. */
export function zgen(cwd: string, ...args: string[]): ZgenRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, encoding: "utf8" });
  return { code: status, out: stdout.trim(), err: stderr.trim() };
}

/** A schema with two mistakes: a type that nobody declares, and a number that is taken. */
const badSchema = `syntax = "proto3";
package example.bad.v1;
import "zserver/options.proto";

service Door {
  rpc Open(OpenRequest) returns (OpenReply);
}
message OpenRequest {
  string name = 1;
  string code = 1;
}
`;

/** Makes a project in `folder` whose schema is wrong, and generates. */
export function generateBadSchema(folder: string): ZgenRun {
  mkdirSync(path.join(folder, "schemas"), { recursive: true });
  writeFileSync(path.join(folder, "zgen.json"), "{}");
  writeFileSync(path.join(folder, "schemas/door.proto"), badSchema);
  return zgen(folder, "generate");
}
