// What the players and the server do with each other, one act after the other.
import type { Account } from "./account.ts";
import type { Relay } from "./relay.ts";
import type { Actor } from "./steps.ts";

/** The processes that the story is about. */
export interface Stage {
  readonly server: Actor;
  /** The network between bob and the server. */
  readonly relay: Relay;
  readonly ada: Actor;
  readonly bob: Actor;
  readonly cyd: Actor;
}

export async function callBothWays({ server, ada, bob, cyd }: Stage, account: Account): Promise<void> {
  console.log("Calls each way");
  await ada.ask("join");
  await bob.ask("join");
  const present = await cyd.ask<string[]>("join");
  account.fact(present.join() === "ada,bob,cyd", `each player called Join; the last reply names ${present.join(", ")}`);
  const ready = await server.ask<number>("askReady");
  account.fact(ready === 3, `the server called Ready on its players, and ${ready} said yes`);
}

export async function sendOneWay({ server, ada, bob, cyd }: Stage, account: Account): Promise<void> {
  console.log("One-way sends");
  const players = [ada, bob, cyd];
  await Promise.all(players.map((player) => player.ask("say")));
  const said = await server.ask<number>("linesSaid");
  account.fact(said === 30, `${said} lines reached the server, each without a reply`);
  // A call behind the lines in the same session: once it is answered, all lines before it have been delivered.
  await server.ask("askReady");
  const heard = await Promise.all(players.map((player) => player.ask<number>("heard")));
  account.fact(heard.join() === "30,30,30", `the server passed them on, and the players heard ${heard.join(", ")}`);
}

export async function stream({ ada }: Stage, account: Account): Promise<void> {
  console.log("Streams");
  const texts = await ada.ask<string[]>("history");
  const own = texts.filter((text) => text.startsWith("ada ")).map((text) => Number(text.slice(4)));
  const inOrder = own.length === 10 && own.every((number, index) => number === index + 1);
  account.fact(
    texts.length === 30 && inOrder,
    `History streamed ${texts.length} lines to ada, her own ${own.length} in the order she said them`,
  );
  const kept = await ada.ask<number>("import");
  account.fact(kept === 3, `ada streamed 4 lines to Import, one of them empty; it kept ${kept}`);
}

export async function batch({ bob }: Stage, account: Account): Promise<void> {
  console.log("An explicit batch");
  const results = await bob.ask<string[]>("batch");
  account.fact(
    results.join() === "fulfilled,rejected,fulfilled",
    `bob sent three commands together; in order, they were ${results.join(", ")}`,
  );
}

export async function deferReply({ ada, bob }: Stage, account: Account): Promise<void> {
  console.log("A deferred reply");
  const waiting = ada.ask<Match>("match");
  // The server starts a session's commands in their order: once this one is answered, the Match before it is parked.
  await ada.ask("history");
  const { opponent } = await bob.ask<Match>("match");
  const first = await waiting;
  account.fact(
    first.opponent === "bob" && opponent === "ada",
    `ada's Match was parked; bob's handler gave her the reply "${first.opponent}" after ${first.waitedMs.toFixed(0)} ms, and him "${opponent}"`,
  );
}

interface Match {
  readonly opponent: string;
  readonly waitedMs: number;
}

export async function rotateKeys({ ada }: Stage, account: Account): Promise<void> {
  console.log("Key rotation");
  const { asked, answered, inFlight } = await ada.ask<{ asked: number; answered: number; inFlight: number[] }>("rotate");
  const busy = inFlight.length === 5 && inFlight.every((count) => count > 0);
  account.fact(busy, `the keys changed ${inFlight.length} times, with ${inFlight.join(", ")} commands in flight at those moments`);
  account.fact(answered === asked, `of ${asked} commands meanwhile, ${answered} were answered`);
}

export async function loseConnection({ server, relay, bob }: Stage, account: Account): Promise<void> {
  console.log("A lost connection");
  const persisting = bob.ask<{ asked: number; answered: number; lost: number; resumed: number }>("persist");
  const cutting = setInterval(() => relay.cut(), 100);
  const { asked, answered, lost, resumed } = await persisting;
  clearInterval(cutting);
  account.fact(
    lost >= 3 && resumed >= 3,
    `bob's connection was cut ${lost} times in the middle of things, and his session went on ${resumed} times`,
  );
  const diary = await server.ask<string[]>("diary");
  const once = new Set(diary).size === diary.length && diary.length === asked;
  account.fact(
    once && answered === asked,
    `of ${asked} commands meanwhile, ${answered} were answered; the server ran ${diary.length}, none of them twice`,
  );
}

export async function refuse({ cyd }: Stage, account: Account): Promise<void> {
  console.log("A refused command");
  const error = await cyd.ask<{ code: string; message: string; capacity: number } | undefined>("refused");
  account.fact(error?.code === "RESOURCE_EXHAUSTED", `a fourth player was refused with ${error?.code}: ${error?.message}`);
  account.fact(error?.capacity === 3, `the error's typed detail RoomFull says that the room holds ${error?.capacity}`);
}
