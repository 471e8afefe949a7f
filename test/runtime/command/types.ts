/** What compiles and what does not: `npm run types` is the test, and a line that should fail and does not is an error of its own. */

import type { Client, CommandType, Implementation, Interceptor, Server, Session, SessionStatus } from "zserver";
import {
  adapt,
  CommandError,
  type Context,
  connect,
  type DeferredContext,
  type DeferredReply,
  errorDetail,
  implement,
  serve,
} from "zserver";
import {
  type ChatLine,
  type HistoryRequest,
  type ImportReplyInit,
  type JoinReply,
  type JoinReplyInit,
  type JoinRequest,
  Lobby,
  type LobbyHandlers,
  type LobbyProxy,
  type MatchReplyInit,
  type MatchRequest,
  Player,
  RoomFull,
} from "../../../generated/example/lobby/v1/lobby.ts";

/** Holds only when both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_same: Same<A, B>): void => {};

interface PlayerData {
  name: string;
}

declare const client: Client;
declare const session: Session<PlayerData>;
declare const server: Server<PlayerData>;
declare const token: string;
declare const signal: AbortSignal;

/** Never called: its types are what is tested. */
export async function calls(): Promise<void> {
  const lobby = client.use(Lobby);
  same<typeof lobby, LobbyProxy>(true);
  const reply = await lobby.join({ room: "a" }, { signal, timeoutMs: 500 });
  same<typeof reply, JoinReply>(true);
  const sent = lobby.say({ text: "hi" });
  same<typeof sent, Promise<void>>(true);
  for await (const line of lobby.history({})) same<typeof line, ChatLine>(true);
  const { kept } = await lobby.import([{ text: "a" }]);
  same<typeof kept, number>(true);
  // @ts-expect-error: a field that the message does not have
  void lobby.join({ romm: "a" });
  // @ts-expect-error: a field of another type
  void lobby.join({ room: 5 });
  // @ts-expect-error: a command that nobody declared
  void lobby.leave({});
  // @ts-expect-error: an option that nobody knows
  void lobby.join({}, { timeout: 5 });
  // @ts-expect-error: what the handler gets is read-only
  reply.players.push("x");
  // @ts-expect-error: a client stream takes an iterable
  void lobby.import({ text: "a" });
  // @ts-expect-error: the reply of a one-way is nothing
  (await lobby.say({})).players;
}

export async function batches(): Promise<void> {
  const results = await client.batch((batch) => {
    const lobby = batch.use(Lobby);
    return [lobby.join({ room: "a" }), lobby.say({ text: "hi" }), lobby.match({})];
  });
  same<typeof results.length, 3>(true);
  const [joined, said] = results;
  if (joined.status === "fulfilled") same<typeof joined.value, JoinReply>(true);
  same<typeof said, PromiseSettledResult<void>>(true);
  // @ts-expect-error: the batch has three members
  results[3];
  // @ts-expect-error: a server stream in a batch
  await client.batch((batch) => [batch.use(Lobby).history({})]);
  // @ts-expect-error: a client stream in a batch
  await client.batch((batch) => [batch.use(Lobby).import([])]);
  // @ts-expect-error: a batch is built at once
  await client.batch(async (batch) => [batch.use(Lobby).join({})]);
  // @ts-expect-error: an option that nobody knows
  await client.batch(() => [], { stop: true });
}

export function broadcasts(): void {
  const players = server.broadcast(Player, server.group("room"), { onFull: "end" });
  const { sent, skipped } = players.heard({ text: "hi" }, { timeoutMs: 500 });
  same<typeof sent | typeof skipped, number>(true);
  server.broadcast(Player, (each) => each.data.name === "Ada").heard({});
  server.broadcast(Player, [session]).heard({});
  // @ts-expect-error: a field that the message does not have
  players.heard({ txt: "hi" });
  // @ts-expect-error: a unary command is answered
  players.ready({});
  // @ts-expect-error: a stream
  server.broadcast(Lobby).history({});
  // @ts-expect-error: a deferred command is answered
  server.broadcast(Lobby).match({});
  // @ts-expect-error: a stream of requests
  server.broadcast(Lobby).import([]);
  // @ts-expect-error: nobody waits for many
  players.heard({}, { signal });
  // @ts-expect-error: an option that nobody knows
  server.broadcast(Player, undefined, { onFull: "wait" });
  // @ts-expect-error: names are no sessions
  server.broadcast(Player, ["room"]);
}

export async function deferredReplies(): Promise<void> {
  await server.reply(Lobby.commands.match, token, { opponent: "bob" });
  await session.fail(Lobby.commands.match, token, new CommandError("ABORTED", "no"));
  // @ts-expect-error: the reply of another command
  await server.reply(Lobby.commands.match, token, { players: [] });
  // @ts-expect-error: join is not deferred
  await server.reply(Lobby.commands.join, token, {});
  // @ts-expect-error: a one-way has no reply
  await server.reply(Lobby.commands.say, token, {});
}

/** Handlers as a class, which may keep state and leave out parameters. */
class Rooms implements LobbyHandlers<PlayerData> {
  join({ room }: JoinRequest, { session, principal }: Context<PlayerData>): JoinReplyInit {
    same<typeof session.data, PlayerData>(true);
    same<typeof principal.id, string>(true);
    session.data.name = room;
    return { players: [session.data.name] };
  }
  say(): void {}
  async match(_request: MatchRequest, context: DeferredContext<PlayerData, MatchReplyInit>): Promise<DeferredReply<MatchReplyInit>> {
    const reply = context.defer();
    // @ts-expect-error: the reply of another command
    void reply.reply({ players: [] });
    return reply;
  }
  *history({ room }: HistoryRequest): Iterable<{ room: string }> {
    yield { room };
  }
  async import(lines: AsyncIterable<ChatLine>): Promise<ImportReplyInit> {
    for await (const { text } of lines) same<typeof text, string>(true);
    return {};
  }
}

export async function serving(): Promise<void> {
  const others = { match: () => ({}), history: () => [], import: () => ({}) };
  const made = await serve<PlayerData>({
    listen: ["memory:a"],
    sessionData: () => ({ name: "" }),
    onSession: ({ data }) => same<typeof data, PlayerData>(true),
    handlers: [
      implement(Lobby, new Rooms()),
      // Inline, the type of `session.data` comes from `serve`.
      implement(Lobby, {
        join(request, context) {
          same<typeof request, JoinRequest>(true);
          same<typeof context.session.data, PlayerData>(true);
          // @ts-expect-error: defer() is for deferred commands
          context.defer();
          return { players: [context.session.data.name] };
        },
        say(line) {
          same<typeof line, ChatLine>(true);
        },
        async match(_request, context) {
          same<typeof context.session.data, PlayerData>(true);
          return Math.random() < 0.5 ? context.defer() : { opponent: "bob" };
        },
        async *history() {
          yield { text: "a" };
        },
        async import(lines) {
          let kept = 0;
          for await (const _ of lines) kept++;
          return { kept };
        },
      }),
      // Handlers that do not look at the data fit every server.
      implement(Lobby, { join: () => ({}), say() {}, ...others }),
    ],
  });
  for (const each of made.sessions()) same<typeof each.data, PlayerData>(true);

  // Outside of `serve` the handlers say it themselves.
  const outside: Implementation<PlayerData> = implement(Lobby, {
    join: (_request, { session }) => ({ players: [session.data.name] }),
    say() {},
    ...others,
  });
  await serve<PlayerData>({ listen: [], handlers: [outside] });
  // @ts-expect-error: handlers of another server's data
  await serve<{ score: number }>({ listen: [], handlers: [outside] });
  // @ts-expect-error: handlers of another server's data
  await serve<{ score: number }>({ listen: [], handlers: [implement(Lobby, new Rooms())] });
  // @ts-expect-error: a handler is missing
  implement(Lobby, { join: () => ({}), say() {} });
  // @ts-expect-error: a reply of another type
  implement(Lobby, { join: () => ({ players: 5 }), say() {}, ...others });
  // @ts-expect-error: a one-way's handler gives no reply
  implement(Player, { heard: () => ({ ready: true }), ready: () => ({}) });
  await connect({ endpoints: [], handlers: [implement(Player, { heard() {}, ready: async () => ({ ready: true }) })] });
  // @ts-expect-error: an option that nobody knows
  await connect({ endpoints: [], handler: [] });
}

export function adapters(): void {
  adapt(Lobby, Lobby, {
    join: {
      request(old) {
        same<typeof old, JoinRequest>(true);
        return { room: old.room };
      },
      reply(reply) {
        same<typeof reply, JoinReply>(true);
        return { players: reply.players };
      },
    },
    history: { request: (old) => ({ room: old.room }), reply: ({ text }) => ({ text }) },
    say: { request: ({ text }) => ({ text }) },
  });
  // @ts-expect-error: a request of another type
  adapt(Lobby, Lobby, { join: { request: () => ({ room: 5 }), reply: (reply) => reply } });
  // @ts-expect-error: a reply is not converted
  adapt(Lobby, Lobby, { join: { request: (old) => old } });
  // @ts-expect-error: a one-way has no reply
  adapt(Lobby, Lobby, { say: { request: (old) => old, reply: () => ({}) } });
  // @ts-expect-error: a command that there is not
  adapt(Lobby, Lobby, { leave: { request: (old) => old, reply: (reply) => reply } });
}

export function errors(error: unknown): void {
  if (!CommandError.is(error)) return;
  const full = error.detail(RoomFull);
  same<typeof full, RoomFull | undefined>(true);
  new CommandError("NOT_FOUND", "", { details: [errorDetail(RoomFull, { capacity: 5 })] });
  // @ts-expect-error: a field that the detail does not have
  errorDetail(RoomFull, { capacities: 5 });
  // @ts-expect-error: a code that nobody declared
  new CommandError("GONE", "");
  // @ts-expect-error: why a session ended is no command's code
  new CommandError("GOING_AWAY", "");
}

export async function statuses(): Promise<void> {
  for await (const event of client.status()) {
    same<typeof event, SessionStatus>(true);
    if (event.type === "one_way_failed") same<typeof event.error, CommandError>(true);
    // @ts-expect-error: an event that nobody declared
    if (event.type === "closed") return;
  }
}

export const interceptor: Interceptor = async (call, next) => {
  same<typeof call.command, CommandType>(true);
  // @ts-expect-error: the request is not known until the command is
  call.request.room;
  return next({ ...call, request: {} });
};
