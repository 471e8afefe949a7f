// The client that has a session while the flood comes.
import { setTimeout as pause } from "node:timers/promises";
import { type Client, connect } from "zserver";
import { Lobby } from "../../generated/example/lobby/v1/lobby.ts";
import { answer, type SessionConfig } from "./roles.ts";

let client: Client;
let pauseMs = 1;
let times: number[] = [];
let lost = 0;

/** Asks again and again, and notes how long each answer took. */
async function start(config: SessionConfig): Promise<object> {
  client = await connect({ endpoints: [config.endpoint], serverKey: config.serverKey });
  pauseMs = config.pauseMs;
  go().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  return {};
}

async function go(): Promise<void> {
  const proxy = client.use(Lobby);
  client.closed.then(() => lost++);
  for (;;) {
    const began = performance.now();
    await proxy.join({ player: "still here" });
    times.push(performance.now() - began);
    await pause(pauseMs);
  }
}

/** Whether a client that comes now gets a session, and how long that takes, in milliseconds. */
async function newcomer(config: SessionConfig): Promise<number> {
  const began = performance.now();
  const other = await connect({ endpoints: [config.endpoint], serverKey: config.serverKey, connectTimeoutMs: 30_000 });
  await other.use(Lobby).join({});
  const took = performance.now() - began;
  await other.close();
  return took;
}

answer({
  start,
  newcomer,
  /** The times since the last question. */
  times: () => {
    const taken = times;
    times = [];
    return { times: taken, lost };
  },
});
