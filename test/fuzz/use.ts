import { Probe, Refused } from "../../generated/example/probe/v1/probe.ts";
import type { Implementation } from "../../runtime/command/handlers.ts";
import type { Session } from "../../runtime/command/session-type.ts";
import { CommandError } from "../../runtime/errors/command-error.ts";
import { errorDetail } from "../../runtime/errors/error-detail.ts";
import type { CommandType } from "../../runtime/schema/service-type.ts";
import { collect, probe } from "../support/command/probe.ts";

/** The request of this number is refused, with a detail. */
const REFUSED = 13;

/** What both sides of a recording handle. */
export const recordedHandlers: readonly Implementation[] = [
  probe({
    echo: ({ text, number }) => {
      if (number === REFUSED) throw new CommandError("FAILED_PRECONDITION", "refused", { details: [errorDetail(Refused, { why: "so" })] });
      return { text, number };
    },
    later: (_request, context) => {
      const deferred = context.defer();
      queueMicrotask(() => deferred.reply({ text: "parked" }).catch(() => {}));
      return deferred;
    },
  }),
];

type AnyMethod = (request: unknown) => Promise<unknown> | AsyncIterable<unknown>;

/**
 * Uses all that a session has: every command that Probe has, also those that it gets after this was written, and what can be done with commands.
 * How it ends is of no interest here, but it does: the promises never reject.
 */
export function useEverything(session: Session): Promise<unknown>[] {
  const proxy = session.use(Probe);
  const methods = proxy as unknown as Readonly<Record<string, AnyMethod>>;
  const commands = Object.values(Probe.commands) as readonly CommandType[];
  const giveUp = new AbortController();
  const results: Promise<unknown>[] = [
    ...commands.map(async ({ method, kind }) => {
      const result = methods[method]!.call(proxy, kind === "client_stream" || kind === "bidi_stream" ? [message, message] : message);
      return kind === "server_stream" || kind === "bidi_stream" ? collect(result as AsyncIterable<unknown>) : result;
    }),
    proxy.echo({ number: REFUSED }),
    session.batch((batch) => [batch.use(Probe).echo({ number: REFUSED }), batch.use(Probe).echo({}), batch.use(Probe).note({})], {
      stopOnError: true,
    }),
    proxy.echo(message, { signal: giveUp.signal }),
    proxy.echo(message, { timeoutMs: 1 }),
    firstOf(proxy.down({ number: 20 })),
    session.flush(),
  ];
  giveUp.abort();
  return results.map((result) => result.catch(() => {}));
}

/** What any command of Probe may be asked: a message takes the fields that it has. */
const message = {
  text: "é😀 and more",
  number: 3,
  label: "label",
  copied: new Uint8Array(20).fill(1),
  viewed: new Uint8Array(20).fill(2),
  members: Array.from({ length: 20 }, (_, number) => ({ number })),
};

async function firstOf(items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item;
  return undefined;
}
