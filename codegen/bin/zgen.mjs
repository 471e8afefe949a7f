#!/usr/bin/env node
// Starts zgen. In a published package dist/ is always there; in the repository it is made on first use and again when a source is newer.
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const buildScript = at("../../scripts/build.mjs");

/** What is built in the repository, and what it is made of. Folders count too: they change when a file is removed. */
const zgen = { built: at("../dist/cli.js"), sources: ["..", "../../runtime", "../../schemas", "../../templates", "../../scripts"] };
const zserver = {
  built: at("../../runtime/dist/types/runtime/index.d.ts"),
  sources: ["../../runtime", "../../generated", "../../scripts"],
};

function isStale({ built, sources }) {
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

if (existsSync(at("../cli/main.ts"))) {
  // A project that `init` makes here takes zserver from here too.
  const stale = [...(process.argv[2] === "init" ? [zserver] : []), zgen].filter(isStale);
  try {
    const { buildCodegen, buildRuntime } = stale.length > 0 ? await import(buildScript) : {};
    for (const each of stale) await (each === zgen ? buildCodegen() : buildRuntime());
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
