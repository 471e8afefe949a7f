// npm run flood [-- --handshakes N --transport tcp|ws --only counted|uncounted]: a session measures its own latency while clients that never finish flood its server.
import { parseArgs } from "node:util";
import { type FloodAccount, type FloodConfig, Role, type ServerAccount, type ServerReady, type SessionConfig } from "./roles.ts";

const { values } = parseArgs({
  options: {
    handshakes: { type: "string", default: "20000" },
    transport: { type: "string" },
    only: { type: "string" },
    quiet: { type: "string", default: "5" },
  },
});
/** What the established session's p99 may grow to. */
const BOUND = 3;

const handshakes = Number(values.handshakes);
let broken = 0;
for (const scheme of values.transport === undefined ? ["tcp", "ws"] : [values.transport])
  for (const counted of [false, true]) if (values.only !== (counted ? "uncounted" : "counted")) await run(scheme, counted);
process.exitCode = broken === 0 ? 0 : 1;

async function run(scheme: string, counted: boolean): Promise<void> {
  const [server, session, flooder] = ["./server.ts", "./session.ts", "./flooder.ts"].map((file) => new Role(file)) as [Role, Role, Role];
  try {
    const ready = await server.ask<ServerReady>("start", { listen: `${scheme}://127.0.0.1:0`, counted });
    const config: SessionConfig = { ...ready, pauseMs: 1 };
    await session.ask("start", config);
    await quiet(1);
    await session.ask("times");
    await quiet(Number(values.quiet));
    const calm = await session.ask<{ times: number[] }>("times");
    const before = await server.ask<ServerAccount>("account");
    const flood: FloodConfig = { ...ready, handshakes, addresses: counted ? 2 : 8, opening: 512 };
    const met = await flooder.ask<FloodAccount>("flood", flood);
    const stormy = await session.ask<{ times: number[]; lost: number }>("times");
    const after = await server.ask<ServerAccount>("account");
    const ratio = percentile(stormy.times, 99) / percentile(calm.times, 99);
    if (ratio > BOUND || stormy.lost > 0) broken++;
    console.log(`${scheme}, the flood's addresses ${counted ? "counted" : "not counted"}`);
    console.log(`  quiet   ${describe(calm.times)}; turns p99 ${ms(before.slowTurnMs)}`);
    console.log(`  flood   ${describe(stormy.times)}; turns p99 ${ms(after.slowTurnMs)}, longest ${ms(after.longestTurnMs)}`);
    console.log(`  p99     ${ratio.toFixed(2)} times the quiet one, at most ${BOUND}; sessions lost: ${stormy.lost}`);
    console.log(
      `  met     ${handshakes} in ${(met.tookMs / 1000).toFixed(1)} s: ${met.answered} answered, ${met.refused} refused, ${met.cut} cut`,
    );
    console.log(`  server  ${JSON.stringify(after.failed)}, heap ${(after.heapBytes / 1e6).toFixed(0)} MB`);
  } finally {
    for (const role of [server, session, flooder]) role.end();
  }
}

function quiet(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function percentile(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor((sorted.length * percent) / 100), sorted.length - 1)]!;
}

function describe(times: readonly number[]): string {
  return `${times.length} calls, p50 ${ms(percentile(times, 50))}, p99 ${ms(percentile(times, 99))}`;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
