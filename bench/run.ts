// npm run bench -- NAME [--peers a,b] [--rounds n] [--json] [--quick]
import { type BenchOptions, readOptions } from "./support/options.ts";
import { asJson, asText, type Report } from "./support/report.ts";

/** Every measurement is a folder or a file of this folder whose `run` makes a report. */
const benches: Readonly<Record<string, () => Promise<{ run(options: BenchOptions): Promise<Report> }>>> = {
  "beside-bulk": () => import("./bulk/beside.ts"),
  broadcast: () => import("./broadcast/main.ts"),
  bulk: () => import("./bulk/main.ts"),
  "bulk-slow": () => import("./bulk/slow.ts"),
  calls: () => import("./calls.ts"),
  channel: () => import("./channel.ts"),
  codec: () => import("./codec/main.ts"),
  connect: () => import("./connections/connect.ts"),
  crypto: () => import("./crypto.ts"),
  idle: () => import("./connections/idle.ts"),
  "latency-under-load": () => import("./latency-under-load.ts"),
  negotiation: () => import("./negotiation.ts"),
  oneway: () => import("./one-way.ts"),
  profile: () => import("./profile.ts"),
  "start-up": () => import("./start-up.ts"),
  zgen: () => import("./zgen.ts"),
};

async function main([name = "", ...args]: readonly string[]): Promise<void> {
  const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (load === undefined) throw new TypeError(`which one? npm run bench -- ${Object.keys(benches).join("|")}`);
  const options = readOptions(args);
  const report = await (await load()).run(options);
  console.log((options.json ? asJson : asText)(["npm run bench --", name, ...args].join(" "), report));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof TypeError ? error.message : error);
  process.exitCode = 1;
});
