import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe } from "../../../generated/example/probe/v1/probe.ts";
import { CommandError } from "../../../runtime/errors/command-error.ts";
import type { Transport } from "../../../runtime/transport/transport.ts";
import { Gate, probe } from "../../support/command/probe.ts";
import { CutWorld } from "../../support/session/resuming.ts";
import { World } from "../../support/session/world.ts";

const test = suite("session/resume-refused");

test("a server that was restarted knows nothing of the session: what had run is not said to be NOT_RUN", async () => {
  const gate = new Gate();
  const world = new CutWorld();
  const { server, client } = await world.pair({ serve: { handlers: [probe({ echo: gate.handler })] } });
  const ran = client.use(Probe).echo({ text: "ran" });
  ran.catch(() => {});
  await world.settle();
  assert.is(gate.entered.length, 1);
  world.cut();
  await world.until(server.close(), 10_000);
  await world.serve({ retentionMs: 300_000 });
  const error = await world.failure(ran, 60_000);
  assert.ok(CommandError.is(error));
  assert.is(`${error.code} ${error.outcome}`, "SESSION_LOST MAY_HAVE_RUN");
  assert.is((await client.closed).reason, "SESSION_UNKNOWN");
});

test("a server that was too slow for a client's RESUME loses the connection, and not the session", async () => {
  const dialled: Transport[] = [];
  let accepted = 0;
  const world = new World({
    wire: (transport, side, clock) => {
      if (side === "client") dialled.push(transport);
      else if (++accepted === 2) delayAllButTheFirst(transport, (run) => void clock.setTimer(2_000, run));
      return transport;
    },
  });
  const options = { unsealed: true, retentionMs: 300_000 };
  await world.serve({ ...options, handshakeTimeoutMs: 1_000 });
  const client = await world.connect(options);
  dialled[0]!.destroy();
  await world.settle(10_000);
  assert.is(client.state, "open");
  assert.ok(accepted > 2, "the second connection was granted");
  assert.ok(await world.answers(client));
});

test("a server that answers a RESUME when its client has given up and gone on elsewhere is not heard", async () => {
  const dialled: Transport[] = [];
  let accepted = 0;
  const world = new World({
    wire: (transport, side, clock) => {
      if (side === "client") dialled.push(transport);
      else if (++accepted === 2) delayAllButTheFirst(transport, (run) => void clock.setTimer(2_000, run));
      return transport;
    },
  });
  const options = { unsealed: true, retentionMs: 300_000 };
  await world.serve(options);
  const client = await world.connect({ ...options, handshakeTimeoutMs: 1_000 });
  dialled[0]!.destroy();
  await world.settle(10_000);
  assert.is(client.state, "open");
  assert.ok(accepted > 2, "the client gave the second connection up");
  assert.ok(await world.answers(client));
});

/** Its first bytes arrive in time, those behind them late. */
function delayAllButTheFirst(transport: Transport, later: (run: () => void) => void): void {
  const { start } = transport;
  let first = true;
  transport.start = (events) =>
    start.call(transport, {
      onDrain: () => events.onDrain(),
      onClose: (close) => events.onClose(close),
      onBytes: (chunk) => {
        const bytes = chunk.slice();
        if (first) events.onBytes(bytes);
        else later(() => events.onBytes(bytes));
        first = false;
      },
    });
}

test.run();
