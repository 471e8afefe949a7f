import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import type { Session } from "../../../runtime/command/session-type.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { collect, probe } from "../command/probe.ts";
import { type Side, World } from "./world.ts";

/** What came of everything that two sessions said to each other. */
export interface Account {
  readonly facts: readonly unknown[];
  readonly rotations: number;
  readonly ends: readonly string[];
}

/**
 * A server and a client that use everything once, in both directions: every kind of command, a rotation by each side with commands under way, a
 * flush, and an orderly end. The same account comes out whatever the network does to the boundaries of what is written.
 */
export async function converse(wire: (transport: Transport, side: Side, world: World) => Transport): Promise<Account> {
  const world: World = new World({ wire: (transport, side) => wire(transport, side, world) });
  const notes: string[] = [];
  const handlers = [probe({ note: ({ text }) => void notes.push(text) })];
  const server = await world.serve({ handlers });
  const client = await world.connect({ handlers });
  const [session] = server.sessions();
  const facts: unknown[] = [];
  for (const caller of [client, session!]) {
    caller.rotateKeys();
    facts.push(await world.until(say(caller)));
    await world.until(caller.flush(), 100);
  }
  facts.push(notes);
  const { rotations } = client.stats();
  const [ended] = await world.until(Promise.all([session!.closed, client.close("done")]));
  await world.until(server.close(), 10_000);
  if (world.log.length > 0) facts.push(world.log);
  return { facts, rotations, ends: [ended.reason, ended.by, ended.message] };
}

async function say(caller: Session): Promise<unknown> {
  const proxy = caller.use(Probe);
  return Promise.all([
    proxy.echo({ text: "a", number: 1 }),
    proxy.note({ text: "n" }),
    proxy.turn({ text: "b" }),
    collect(proxy.down({ number: 3 })),
    proxy.up([{ number: 4 }, { number: 5 }]),
    collect(proxy.both([{ text: "x" }, { text: "y" }])),
    caller.batch((batch) => [batch.use(Probe).echo({ number: 6 }), batch.use(Probe).note({ text: "m" })]),
    proxy.echo({ text: "é".repeat(100) }).then(({ text }) => text.length),
  ]);
}
