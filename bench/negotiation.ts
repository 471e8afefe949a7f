/** What calls cost in a session whose sides found out what both understand, beside one whose sides have the same schema. */
import { connect, createIdentity, implement, serve, type ServeOptions } from "zserver";
import { Desk } from "../generated/example/bench/v1/bench.ts";
import { edited, released, without } from "../test/support/schema/edited.ts";
import { lowOfBigint, sumEvent } from "./codec/sums.ts";
import { bigints, event } from "./codec/values.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";
import { measureRows } from "./support/rounds.ts";
import { usage } from "./support/usage.ts";

const CALLERS = 64;

const older = edited(Desk, "1.0.0", without("Note"));

interface Meeting {
  readonly client: typeof Desk;
  readonly server?: Pick<ServeOptions<undefined>, "releases">;
}

const meetings: Readonly<Record<string, Meeting>> = {
  "the same schema": { client: Desk },
  "a release that the server keeps": { client: older, server: { releases: [released(older)] } },
  "a version that it is told of": { client: older },
};

/** Microseconds of CPU time a call, of both sides. */
async function meet({ client: service, server: options }: Meeting, calls: number): Promise<number> {
  const handlers = [implement(Desk, { echo: (request) => request, note() {} })];
  await using server = await serve({ listen: ["tcp://127.0.0.1:0"], identity: createIdentity(), handlers, ...options });
  const client = await connect({ endpoints: server.endpoints, serverKey: server.serverKey, services: [service] });
  const open = usage().cpu;
  const desk = client.use(service);
  const caller = async (): Promise<void> => {
    for (let turn = 0; turn < calls / CALLERS; turn++) {
      const reply = await desk.echo(event(turn, bigints));
      if (sumEvent(reply, lowOfBigint) !== sumEvent(event(turn, bigints), lowOfBigint)) throw new Error("another event came back");
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const end = usage().cpu;
  await client.close();
  return (end - open) / calls;
}

export async function run({ rounds, quick }: BenchOptions): Promise<Report> {
  const metrics = [{ name: "", unit: "µs of CPU time a call", more: false }];
  const names = Object.keys(meetings);
  const sample = (calls: number) => async (_: string, name: string) => [await meet(meetings[name]!, calls)];
  await measureRows([`${CALLERS} callers`], names, metrics, 2, sample(16_384), 0);
  const rows = await measureRows([`${CALLERS} callers`], names, metrics, rounds, sample(quick ? 16_384 : 65_536));
  return {
    subject: "the same schema",
    rows,
    notes: ["Both sides in one process. What both understand is looked up once for each command of a session."],
  };
}
