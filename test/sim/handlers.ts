import type { Text, TextInit } from "../../generated/example/probe/v1/probe.ts";
import type { Context } from "../../runtime/command/context.ts";
import type { Implementation } from "../../runtime/command/handlers.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import { probe } from "../support/command/probe.ts";
import { blobHandlers } from "./blobs.ts";
import type { Kind, Lane, Model, Sent, Start } from "./model.ts";
import type { SimProcess } from "./process.ts";
import type { SimRandom } from "./random.ts";

/** What the text of a broadcast begins with. */
export const BROADCAST = "*";

/** What a command's text begins with; the rest is ballast. */
export const idOf = (text: string): string => text.split("~", 1)[0]!;

/** What a broadcast is called differs from session to session, and its text does not. */
const idIn = ({ name }: Lane, text: string): string => (text.startsWith(BROADCAST) ? `${name}${idOf(text)}` : idOf(text));

export interface SimHandlersOptions {
  readonly process: SimProcess;
  readonly model: Model;
  readonly direction: ">" | "<";
  readonly random: SimRandom;
  readonly pieceLength: number;
  /** Looks at the session of each command. */
  readonly check: (session: Session) => void;
}

/** Handlers of one process, of messages first and then of blobs, that tell the model what happens to them, and do as the command's plan says. */
export function simHandlers({
  process,
  model,
  direction,
  random,
  pieceLength,
  check,
}: SimHandlersOptions): readonly [Implementation, ...Implementation[]] {
  const laneOf = ({ session }: Context): Lane => {
    check(session);
    return model.lane(session.id.slice(0, 8) + direction);
  };

  const beginNamed = (kind: Kind, id: string, context: Context): Sent | undefined => {
    const lane = laneOf(context);
    return model.bind(model.start(lane, kind, id), lane, kind, id);
  };

  const begin = (kind: Kind, { text }: Text, context: Context): Sent | undefined => beginNamed(kind, idIn(laneOf(context), text), context);

  const work = async ({ plan, id }: Sent, { signal }: Pick<Context, "signal">): Promise<void> => {
    if (plan.delayMs > 0) await sleep(process, plan.delayMs, plan.obeys ? signal : undefined);
    if (plan.end === "refuse") throw new CommandError("FAILED_PRECONDITION", `${id} is refused`);
    if (plan.end === "throw") throw new Error(`${id} fails`);
  };

  const perform = async (sent: Sent | undefined, context: Pick<Context, "signal">): Promise<TextInit> => {
    if (sent === undefined) return {};
    try {
      await work(sent, context);
    } catch (error) {
      model.handled(sent, "failed");
      throw error;
    }
    model.handled(sent, "ok");
    return { text: sent.id, number: sent.place };
  };

  async function* feed(sent: Sent | undefined, context: Context): AsyncGenerator<TextInit> {
    if (sent === undefined) return;
    for (let number = 0; number < sent.plan.items; number++) {
      if (number === 1) await work(sent, context);
      yield { text: sent.id, number };
    }
    model.handled(sent, "ok");
  }

  /** Reads a stream of requests, whose first item says which command it is. */
  const take = (kind: "up" | "both" | "bothBulk", items: AsyncIterable<Text>, context: Context): AsyncGenerator<[Sent, Text]> => {
    const lane = laneOf(context);
    return read(model.start(lane, kind), lane, kind, items);
  };

  async function* read(
    start: Start,
    lane: Lane,
    kind: "up" | "both" | "bothBulk",
    items: AsyncIterable<Text>,
  ): AsyncGenerator<[Sent, Text]> {
    let expected = 0;
    for await (const item of items) {
      const id = idOf(item.text);
      const sent = start.sent ?? model.bind(start, lane, kind, id);
      if (sent === undefined) return;
      if (id !== sent.id || item.number !== expected) model.violation(`${sent.id}: item ${id} ${item.number} came in place of ${expected}`);
      expected++;
      yield [sent, item];
    }
    const { sent } = start;
    if (sent !== undefined && sent.items !== expected)
      model.violation(`${sent.id}: its stream ended after ${expected} of ${sent.items} items`);
  }

  const messages = probe({
    echo: (request, context) => perform(begin("echo", request, context), context),
    echoHigh: (request, context) => perform(begin("echoHigh", request, context), context),
    turnBulk: (request, context) => perform(begin("turnBulk", request, context), context),
    noteHigh: async (request, context) => void (await perform(begin("noteHigh", request, context), context)),
    noteBulk: async (request, context) => void (await perform(begin("noteBulk", request, context), context)),
    turn: (request, context) => perform(begin("turn", request, context), context),
    note: async (request, context) => void (await perform(begin("note", request, context), context)),
    noteInTurn: async (request, context) => void (await perform(begin("noteInTurn", request, context), context)),
    blip: async (request, context) => void (await perform(begin("blip", request, context), context)),
    later(request, context) {
      const sent = begin("later", request, context);
      const deferred = context.defer();
      const reply = async (): Promise<void> => {
        const answer = await perform(sent, deferred);
        await deferred.reply(answer);
      };
      reply().catch((error: unknown) => deferred.fail(error as CommandError).catch(() => {}));
      return deferred;
    },
    down: (request, context) => feed(begin("down", request, context), context),
    up: async (items, context) => {
      let last: Sent | undefined;
      let number = 0;
      for await (const [sent] of take("up", items, context)) {
        if (number++ === 0) await work(sent, context);
        last = sent;
      }
      if (last !== undefined) model.handled(last, "ok");
      return { text: last?.id ?? "", number };
    },
    both: (items, context) => echoAll(take("both", items, context), context),
    bothBulk: (items, context) => echoAll(take("bothBulk", items, context), context),
  });
  return [messages, ...blobHandlers({ process, model, random, pieceLength, begin: beginNamed, work })];

  async function* echoAll(items: AsyncGenerator<[Sent, Text]>, context: Context): AsyncGenerator<TextInit> {
    let last: Sent | undefined;
    for await (const [sent, { number }] of items) {
      if (last === undefined) await work(sent, context);
      last = sent;
      yield { text: sent.id, number };
    }
    if (last !== undefined) model.handled(last, "ok");
  }
}

/** Waits in virtual time; rejects early with the reason of the signal. */
export function sleep(process: SimProcess, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = process.setTimer(ms, resolve);
    signal?.addEventListener(
      "abort",
      () => {
        cancel();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
