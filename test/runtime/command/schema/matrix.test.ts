import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connect, createIdentity, serve, type CommandError, type Session } from "zserver";
import { SchemaMismatch } from "../../../../generated/zserver/protocol/v1/negotiation.ts";
import { Workshop } from "../../../codegen/emit/workshop.ts";
import { assertError, caught } from "../../../support/command/assert-error.ts";
import { note } from "../../../support/report.ts";
import { common, type Plain } from "../../../support/schema/same-values.ts";
import { commands, versions } from "../../../support/schema/shop-versions.ts";
import { all, type AnyCommand, type AnyProxy, type AnyService, type Message, VersionCode } from "../../../support/schema/version-code.ts";

export const testTimeoutMs = 180_000;

const test = suite("command/schema/matrix");

const ITEMS = 3;
const workshop = new Workshop();
test.after(() => workshop.remove());

/** One side of a session that calls the other. */
interface Calls {
  readonly caller: VersionCode;
  readonly handler: VersionCode;
  readonly service: AnyService;
  readonly session: Session;
}

/** What was seen. */
const counts = { worked: 0, refused: 0, values: 0 };

/** Calls every command that the caller's version has. */
async function callAll(calls: Calls): Promise<void> {
  const { caller, handler, service, session } = calls;
  const proxy = session.use(service);
  for (const command of Object.values(service.commands)) {
    const name = command.name.split("/")[1]!;
    const expected = commands[name]!.expected[caller.version - 1]![handler.version - 1]!;
    const where = `${command.name}, called by version ${caller.version}, handled by ${handler.version}`;
    assert.is(session.supports(command), expected === "o", where);
    if (expected === "o") await callWorks(calls, proxy, command, where);
    else await callFails(calls, proxy, command, expected, where);
  }
}

async function callFails(
  { caller, handler, session }: Calls,
  proxy: AnyProxy,
  command: AnyCommand,
  expected: string,
  where: string,
): Promise<void> {
  const [request] = caller.samples(command.request, 1);
  const before = { sent: session.stats().commandsSent, handled: handler.handled.length };
  const error = assertError(await caught(call(proxy, command, [request!])), "SCHEMA_MISMATCH", "NOT_RUN") as CommandError;
  assert.is(error.detail(SchemaMismatch)?.rule === "ABSENT", expected === "-", `${where}: ${error.message}`);
  assert.equal({ sent: session.stats().commandsSent, handled: handler.handled.length }, before, where);
  counts.refused++;
}

async function callWorks({ caller, handler }: Calls, proxy: AnyProxy, command: AnyCommand, where: string): Promise<void> {
  const requests = caller.samples(command.request, ITEMS);
  const streams = command.kind === "client_stream" || command.kind === "bidi_stream";
  for (const items of streams ? [requests] : requests.map((request) => [request])) {
    const before = handler.handled.length;
    const replies = await call(proxy, command, items);
    // A one-way is not answered: what is called behind it is.
    if (command.kind === "one_way") await proxy.echo!({});
    const handled = handler.handled[before]!;
    assert.is(handled.command, command.name, where);
    const sent = items.map((item) => caller.plain(command.request, item));
    sameWhereBothKnow(handled.requests, sent, where);
    const got = replies.map((reply) => caller.plain(command.reply, reply));
    if (commands[command.name.split("/")[1]!]!.echo)
      assert.equal(got, command.kind === "client_stream" ? sent.slice(-1) : sent, `${where}: echo`);
    else sameWhereBothKnow(got, handled.replies, where);
    counts.values += sent.length + got.length;
  }
  counts.worked++;
}

function sameWhereBothKnow(read: readonly Plain[], written: readonly Plain[], where: string): void {
  assert.is(read.length, written.length, where);
  for (const [index, one] of read.entries()) assert.equal(common(one, written[index]), common(written[index], one), where);
}

async function call(proxy: AnyProxy, { method, kind }: AnyCommand, items: readonly Message[]): Promise<readonly Message[]> {
  const result = proxy[method]!(kind === "client_stream" || kind === "bidi_stream" ? items : items[0]);
  if (kind === "server_stream" || kind === "bidi_stream") return all(result);
  const reply = await result;
  return kind === "one_way" ? [] : [reply];
}

test("between any two of six versions, in both directions, every command that both read rightly works, and every other one fails before it is sent", async () => {
  const codes: VersionCode[] = [];
  for (const version of versions) codes.push(await VersionCode.make(version, workshop));
  const identity = createIdentity();
  for (const serving of codes) {
    const { Shop, Buyer } = serving.services;
    const sessions: Session[] = [];
    await using server = await serve({
      listen: ["tcp://127.0.0.1:0"],
      identity,
      handlers: [serving.implement(Shop)],
      services: [Buyer],
      onSession: (session) => void sessions.push(session),
    });
    for (const calling of codes) {
      const { Shop: itsShop, Buyer: itsBuyer } = calling.services;
      const client = await connect({
        endpoints: server.endpoints,
        serverKey: server.serverKey,
        handlers: [calling.implement(itsBuyer)],
        services: [itsShop],
      });
      await callAll({ caller: calling, handler: serving, service: itsShop, session: client });
      await callAll({ caller: serving, handler: calling, service: Buyer, session: sessions.at(-1)! });
      await client.close();
    }
  }
  note(`${counts.worked} commands between two versions worked, with ${counts.values} messages; ${counts.refused} were refused`);
});

test.run();
