// A player's process: node player.ts NAME ENDPOINT SERVER_KEY
import { CommandError, connect, implement } from "zserver";
import { type ChatLine, Lobby, Player, RoomFull } from "../../generated/example/lobby/v1/lobby.ts";
import { answerSteps } from "./steps.ts";

const [, , player = "", endpoint = "", serverKey = ""] = process.argv;
const heard: ChatLine[] = [];

const client = await connect({
  endpoints: [endpoint],
  serverKey,
  handlers: [
    implement(Player, {
      heard: (line) => void heard.push(line),
      ready: () => ({ ready: true }),
    }),
  ],
});
const lobby = client.use(Lobby);

/** How often the keys change in one step, and how many commands are in flight meanwhile. */
const ROTATIONS = 5;
const CALLERS = 200;
/** How often the connection is lost in one step. */
const CUTS = 3;

answerSteps({
  join: async () => (await lobby.join({ room: "den", player })).players,

  /** One-way: nobody answers; flush() resolves once the server has accepted all of them. */
  async say() {
    for (let line = 1; line <= 10; line++) lobby.say({ room: "den", player, text: `${player} ${line}` });
    await client.flush();
  },
  heard: () => heard.length,

  async history() {
    const texts: string[] = [];
    for await (const line of lobby.history({ room: "den" })) texts.push(line.text);
    return texts;
  },
  async import() {
    const lines = ["one", "", "two", "three"].map((text) => ({ room: "attic", player, text }));
    return (await lobby.import(lines)).kept;
  },

  /** Several commands in one message, run in order; each has a result of its own. */
  async batch() {
    const results = await client.batch((batch) => [
      batch.use(Lobby).join({ room: "loft", player }),
      batch.use(Lobby).join({ room: "den", player: "one too many" }),
      batch.use(Lobby).join({ room: "hall", player }),
    ]);
    return results.map(({ status }) => status);
  },

  async match() {
    const asked = performance.now();
    const { opponent } = await lobby.match({ player });
    return { opponent, waitedMs: performance.now() - asked };
  },

  async refused() {
    try {
      await lobby.join({ room: "den", player: `${player}'s friend` });
      return undefined;
    } catch (error) {
      if (!CommandError.is(error)) throw error;
      return { code: error.code, message: error.message, capacity: error.detail(RoomFull)?.capacity };
    }
  },

  /** Renews the keys again and again while commands are under way, and counts what came back. */
  async rotate() {
    let asked = 0;
    let answered = 0;
    const inFlight: number[] = [];
    const callAgainAndAgain = async (): Promise<void> => {
      while (inFlight.length < ROTATIONS) {
        asked++;
        await lobby.join({ room: "den", player });
        answered++;
      }
    };
    const callers = Array.from({ length: CALLERS }, callAgainAndAgain);
    for await (const { type } of client.status()) {
      if (type === "rotated") inFlight.push(client.stats().callsPending);
      if (inFlight.length === ROTATIONS) break;
      client.rotateKeys();
    }
    await Promise.all(callers);
    return { asked, answered, inFlight };
  },

  /** Imports numbered lines again and again while the connection is lost and found; whoever cuts it costs nothing but time. */
  async persist() {
    let asked = 0;
    let answered = 0;
    let lost = 0;
    let resumed = 0;
    const watching = (async () => {
      for await (const { type } of client.status()) {
        if (type === "disconnected") lost++;
        if (type === "resumed" && ++resumed === CUTS) break;
      }
    })();
    const callAgainAndAgain = async (): Promise<void> => {
      while (resumed < CUTS) {
        asked++;
        const { kept } = await lobby.import([{ room: `${player}'s diary`, player, text: `day ${asked}` }]);
        answered += kept;
      }
    };
    await Promise.all(Array.from({ length: 20 }, callAgainAndAgain));
    await watching;
    return { asked, answered, lost, resumed };
  },

  close: () => client.close(),
});
