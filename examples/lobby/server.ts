// The server's process: node server.ts IDENTITY_FILE
import { implement, loadIdentity, serve } from "zserver";
import { Lobby, Player } from "../../generated/example/lobby/v1/lobby.ts";
import { type PlayerData, Rooms } from "./rooms.ts";
import { answerSteps } from "./steps.ts";

const rooms = new Rooms(3);
const server = await serve<PlayerData>({
  listen: ["ws://127.0.0.1:0"],
  identity: loadIdentity(process.argv[2] ?? "server.identity"),
  handlers: [implement(Lobby, rooms)],
  sessionData: () => ({ name: "" }),
});
rooms.server = server;

answerSteps({
  endpoint: () => server.endpoints[0],
  sessions: () => [...server.sessions()].length,
  /** Calls every player, as a server may at any time. */
  async askReady() {
    const replies = await Promise.all([...server.sessions()].map((session) => session.use(Player).ready({})));
    return replies.filter(({ ready }) => ready).length;
  },
  linesSaid: () => rooms.linesSaid,
  /** The lines of bob's diary, so that nobody has to believe him. */
  diary: () => rooms.texts("bob's diary"),
  close: () => server.close(),
});
