#!/usr/bin/env node
// Starts zgen. In a published package dist/ is always there; in the repository it is made on first use and again when a source is newer.
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const built = at("../dist/cli.js");
const buildScript = at("../../scripts/build.mjs");

/** What zgen is made of, in the repository. Folders count too: they change when a file is removed. */
const sources = ["..", "../../runtime", "../../schemas", "../../templates", "../../scripts"];

function isStale() {
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  const newer = (name) => statSync(name).mtimeMs > builtAt;
  const visit = (folder) =>
    newer(folder) ||
    readdirSync(folder, { withFileTypes: true }).some((entry) => {
      if (entry.name === "dist" || entry.name === "node_modules") return false;
      const name = `${folder}/${entry.name}`;
      return entry.isDirectory() ? visit(name) : newer(name);
    });
  return sources.some((folder) => existsSync(at(folder)) && visit(at(folder)));
}

if (existsSync(at("../cli/main.ts")) && isStale()) {
  try {
    const { buildCodegen } = await import(buildScript);
    await buildCodegen();
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.error(`zgen has to be built first: run \`npm ci\` in ${at("../..")}`);
    process.exit(1);
  }
}

/** Ended by SIGPIPE, as shells count it. */
const PIPE_CLOSED = 141;
process.stdout.on("error", (error) => {
  // Who reads has enough, as `head` has.
  if (error.code === "EPIPE") process.exit(PIPE_CLOSED);
  throw error;
});

const { main } = await import("../dist/cli.js");
process.exitCode = await main(process.argv.slice(2));
