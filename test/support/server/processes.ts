// A server of several processes: `processes.ts COUNT`. What the first of them reads on its standard input it does: "close", "drain", "handovers" to print them, "say LINE" to all
// clients, "program PATH" to start the next processes with that and print when one has begun, "flood COUNT" to say as many lines of a megabyte and print how many could be said, "entrances URL" to tell them where else the server is, "move URL" to have them go there, "lose URL" to do that when a process has died and the
// next one only begins, or whom to revoke.
import cluster from "node:cluster";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Player } from "../../../generated/example/lobby/v1/lobby.ts";
import { type CommandError, type Server, serve } from "../../../runtime/index.ts";
import { identity } from "../channel/ends.ts";
import { probe } from "../command/probe.ts";

const parked: (() => void)[] = [];
const held: (() => void)[] = [];
const openParked = (): void => {
  for (const open of parked.splice(0)) open();
};

const say = (text: string): void => void server.broadcast(Player, server.group("all")).heard({ text });

const server: Server = await serve({
  listen: ["tcp://127.0.0.1:0", "ws://127.0.0.1:0", "tls://127.0.0.1:0"],
  tls: JSON.parse(process.env["TEST_CERTIFICATE"]!),
  processes: Number(process.argv[2]),
  identity,
  entrances: process.env["TEST_ENTRANCES"] === undefined ? undefined : [process.env["TEST_ENTRANCES"]],
  services: [Player],
  onSession: (session) => void server.group("all").join(session),
  admit: (credentials) => ({ principal: credentials.text() || "nobody" }),
  handlers: [
    probe({
      /** Says which process it is in, what it counts ("handovers"), or where processes reach each other ("sockets"); "park" waits for a note, or until the server drains, "hold" for a note only. */
      async echo({ text }) {
        if (text === "handovers") return { text: JSON.stringify(server.stats().handovers) };
        if (text === "sockets") return { text: process.env["ZSERVER_PROCESS_SOCKETS"]! };
        if (text === "hold") await new Promise<void>((resolve) => held.push(resolve));
        if (text === "park") await new Promise<void>((resolve) => parked.push(resolve));
        return { text: String(process.pid) };
      },
      note() {
        openParked();
        for (const release of held.splice(0)) release();
      },
      noteHigh({ text }) {
        if (text.startsWith("entrances ")) server.setEntrances([text.slice(10)], { version: 1n << 60n });
        else if (text === "drain") void server.drain();
        else say(text);
      },
    }),
  ],
  log: () => {},
});

/** Says long lines to all clients. How many there were before the other processes kept up no more. */
function flood(count: number): number {
  for (let said = 0; said < count; said++) {
    try {
      say("x".repeat(1_048_576));
    } catch (error) {
      if ((error as CommandError).code === "RESOURCE_EXHAUSTED") return said;
      throw error;
    }
  }
  return count;
}

// A leak of listeners is a failure.
process.on("warning", (warning) => {
  if (warning.name === "MaxListenersExceededWarning") throw warning;
});
if (cluster.isPrimary) {
  const pids = Object.values(cluster.workers!).map((worker) => worker!.process.pid);
  console.log(JSON.stringify({ endpoints: server.endpoints, serverKey: server.serverKey, pids }));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "close") await server.close();
    else if (line === "drain") await server.drain();
    else if (line === "handovers") console.log(JSON.stringify(server.stats().handovers));
    else if (line.startsWith("flood ")) console.log(flood(Number(line.slice(6))));
    else if (line.startsWith("program ")) {
      process.execPath = line.slice(8);
      await once(cluster, "fork");
      console.log("begun");
    } else if (line.startsWith("say ")) say(line.slice(4));
    else if (line.startsWith("entrances ")) server.setEntrances([line.slice(10)]);
    else if (line.startsWith("move ")) console.log(JSON.stringify(await server.moveTo([line.slice(5)], { overMs: 1 })));
    else if (line.startsWith("lose ")) {
      const began = once(cluster, "fork");
      Object.values(cluster.workers!)[0]!.process.kill("SIGKILL");
      await began;
      console.log(JSON.stringify(await server.moveTo([line.slice(5)], { overMs: 1, waitMs: 1 })));
    } else server.revoke(line);
    if (line === "close" || line === "drain") break;
  }
  // Nothing but what `serve` has started may keep it alive.
  process.stdin.destroy();
} else {
  for await (const { type } of server.status()) if (type === "draining") openParked();
}
