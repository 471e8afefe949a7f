// npm run bench -- NAME [--peers a,b] [--rounds n] [--json] [--quick]
import { type BenchOptions, readOptions } from "./support/options.ts";
import { asJson, asText, type Report } from "./support/report.ts";
import { settled } from "./support/settled.ts";

/** A folder or a file of this folder. */
interface Bench {
  run(options: BenchOptions): Promise<Report>;
  /** What it may be told besides: whole numbers. */
  readonly sizeNames?: readonly string[];
}

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  "beside-bulk": () => import("./bulk/beside.ts"),
  broadcast: () => import("./broadcast/main.ts"),
  bulk: () => import("./bulk/main.ts"),
  "bulk-slow": () => import("./bulk/slow.ts"),
  calls: () => import("./calls.ts"),
  channel: () => import("./channel.ts"),
  codec: () => import("./codec/main.ts"),
  compression: () => import("./compression.ts"),
  connect: () => import("./connections/connect.ts"),
  crypto: () => import("./crypto.ts"),
  idle: () => import("./connections/idle.ts"),
  "latency-under-load": () => import("./latency-under-load.ts"),
  negotiation: () => import("./negotiation.ts"),
  oneway: () => import("./one-way.ts"),
  processes: () => import("./scale/processes.ts"),
  profile: () => import("./profile.ts"),
  scale: () => import("./scale/main.ts"),
  "start-up": () => import("./start-up.ts"),
  zgen: () => import("./zgen.ts"),
};

async function main([name = "", ...args]: readonly string[]): Promise<void> {
  const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (load === undefined) throw new TypeError(`which one? npm run bench -- ${Object.keys(benches).join("|")}`);
  const bench = await load();
  const options = readOptions(args, bench.sizeNames);
  const report = await settled(name, bench.run(options));
  console.log((options.json ? asJson : asText)(["npm run bench --", name, ...args].join(" "), report));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof TypeError ? error.message : error);
  process.exitCode = 1;
});
