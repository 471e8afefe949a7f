import { CommandError, type Context, type DeferredContext, type DeferredReply, errorDetail, type Server, type Session } from "zserver";
import {
  type ChatLine,
  type HistoryRequest,
  type ImportReplyInit,
  type JoinReplyInit,
  type JoinRequest,
  Lobby,
  type LobbyHandlers,
  type MatchReplyInit,
  type MatchRequest,
  Player,
  RoomFull,
} from "../../generated/example/lobby/v1/lobby.ts";

/** What the server keeps for each session: the name that its player joined under. */
export interface PlayerData {
  name: string;
}

interface Room {
  readonly sessions: Map<string, Session<PlayerData>>;
  readonly lines: ChatLine[];
}

/** The lobby's rooms: handles every command of the service {@link Lobby}. */
export class Rooms implements LobbyHandlers<PlayerData> {
  readonly #capacity: number;
  readonly #rooms = new Map<string, Room>();
  #waiting: { readonly player: string; readonly reply: DeferredReply<MatchReplyInit> } | undefined;
  /** Whose replies another player's handler gives. Set once the server listens. */
  server: Server<PlayerData> | undefined;
  /** One-way lines that arrived. */
  linesSaid = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  join({ room: name, player }: JoinRequest, { session }: Context<PlayerData>): JoinReplyInit {
    const room = this.#room(name);
    if (room.sessions.size >= this.#capacity && !room.sessions.has(player)) {
      throw new CommandError("RESOURCE_EXHAUSTED", `room ${name} is full`, {
        details: [errorDetail(RoomFull, { room: name, capacity: this.#capacity })],
      });
    }
    session.data.name = player;
    room.sessions.set(player, session);
    return { players: [...room.sessions.keys()] };
  }

  say(line: ChatLine): void {
    this.linesSaid++;
    const room = this.#room(line.room);
    const said = { ...line, saidAtMs: BigInt(Date.now()) };
    room.lines.push(said);
    for (const session of room.sessions.values()) session.use(Player).heard(said);
  }

  /** The first player's reply is parked; the second one's handler gives both replies: its own, and the parked one by its token. */
  async match(
    { player }: MatchRequest,
    context: DeferredContext<PlayerData, MatchReplyInit>,
  ): Promise<MatchReplyInit | DeferredReply<MatchReplyInit>> {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.reply.signal.aborted) {
      const reply = context.defer();
      this.#waiting = { player, reply };
      return reply;
    }
    this.#waiting = undefined;
    await this.server?.reply(Lobby.commands.match, waiting.reply.token, { opponent: player });
    return { opponent: waiting.player };
  }

  *history({ room, limit }: HistoryRequest): Iterable<ChatLine> {
    const { lines } = this.#room(room);
    yield* limit === 0 ? lines : lines.slice(-limit);
  }

  async import(lines: AsyncIterable<ChatLine>): Promise<ImportReplyInit> {
    let kept = 0;
    for await (const line of lines) {
      if (line.text === "") continue;
      this.#room(line.room).lines.push(line);
      kept++;
    }
    return { kept };
  }

  /** What was said in a room, oldest first. */
  texts(room: string): string[] {
    return this.#room(room).lines.map(({ text }) => text);
  }

  #room(name: string): Room {
    const room = this.#rooms.get(name) ?? { sessions: new Map(), lines: [] };
    this.#rooms.set(name, room);
    return room;
  }
}
