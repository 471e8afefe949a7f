import { Probe } from "../../generated/example/probe/v1/probe.ts";
import { CommandError } from "../../runtime/index.ts";
import type { Client, Context, Session, Transport } from "../../runtime/index.ts";
import type { Peer } from "../../runtime/command/peer.ts";
import type { Implementation } from "../../runtime/command/handlers.ts";
import { collect, probe } from "../support/command/probe.ts";

/** The request of this number is answered by nobody: its caller gives up. */
const NEVER = 1_000_000;
/** The request of this number is refused. */
const REFUSED = 1_000_001;
const LONG_MS = 600_000;

const untilAborted = ({ signal }: Context): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

/** What the server of a soak does. */
export const lifeHandlers: readonly Implementation[] = [
  probe({
    echo: ({ text, number }, context) => {
      if (number === REFUSED) throw new CommandError("FAILED_PRECONDITION", "refused");
      return number === NEVER ? untilAborted(context) : { text, number };
    },
    // Calls back.
    turn: async ({ number }, { session }) => session.use(Probe).echo({ number }),
    later: ({ number }, context) => {
      const deferred = context.defer();
      if (number !== NEVER) queueMicrotask(() => void deferred.reply({ number }));
      return deferred;
    },
  }),
];

/** Somebody who lives through one session. */
export interface Life {
  readonly number: number;
  readonly client: Client;
  /** The server's end of the same session. */
  readonly session: Session;
  /** Lives as long as the process: whoever listens to it and does not stop is a leak. */
  readonly forever: AbortSignal;
  /** Ends what would go on for ever. */
  readonly patience: AbortController;
}

/** Every kind of command, both ways. */
export async function useAll({ client, session, forever, number }: Life): Promise<void> {
  const proxy = client.use(Probe);
  const answers = await Promise.all([
    proxy.echo({ number }, { signal: forever }),
    proxy.turn({ number }),
    proxy.later({ number }),
    proxy.up([{ number }]),
    session.use(Probe).echo({ number }, { signal: forever }),
  ]);
  const streamed = await Promise.all([collect(proxy.down({ number: 3 })), collect(session.use(Probe).both([{ number }]))]);
  await proxy.note({ number });
  const right = answers.every((answer) => answer.number === number) && streamed[0].length === 3 && streamed[1].length === 1;
  if (!right) throw new Error(`session ${number} got wrong answers`);
}

/** What is begun and does not come to its own end before the session does. */
export const loose: readonly ((life: Life) => unknown)[] = [
  ({ client, patience }) => client.use(Probe).echo({ number: NEVER }, { timeoutMs: LONG_MS, signal: patience.signal }),
  ({ client }) => client.use(Probe).echo({ number: NEVER }, { timeoutMs: 5 }),
  ({ client }) => client.use(Probe).echo({ number: NEVER }, { signal: AbortSignal.timeout(5) }),
  ({ client }) => client.use(Probe).echo({ number: REFUSED }),
  ({ client, patience }) => client.use(Probe).later({ number: NEVER }, { timeoutMs: LONG_MS, signal: patience.signal }),
  ({ client }) => client.batch((batch) => [batch.use(Probe).echo({}), batch.use(Probe).echo({ number: REFUSED })], { stopOnError: true }),
  ({ session }) => session.flush(),
  async ({ client }) => {
    for await (const { number } of client.use(Probe).down({ number: 100 })) if (number === 2) break;
  },
  ({ session, patience }) => session.use(Probe).both(unfinished(), { signal: patience.signal })[Symbol.asyncIterator]().next(),
  ({ client, patience }) => client.use(Probe).up(unfinished(), { signal: patience.signal }),
  ({ client }) => client.status().next(),
  async ({ session }) => {
    for await (const { type } of session.status()) if (type === "open") break;
  },
  ({ client }) => client.rotateKeys(),
  ({ session }) => session.rotateKeys(),
];

/** Items of which more never come. */
async function* unfinished(): AsyncGenerator<{ readonly number: number }> {
  yield { number: 1 };
  yield { number: 2 };
  await new Promise(() => {});
}

const transportOf = (side: Session): Transport => (side as Peer).connection.transport;

/** The network cuts the connection: one side notices at once. */
export function cut({ client, session, number }: Life): void {
  transportOf(number % 2 === 0 ? client : session).destroy();
}

/** How sessions come to their end. Each resolves when both sides know, or will. */
export const endings: readonly ((life: Life) => Promise<unknown>)[] = [
  ({ client }) => client.close(),
  ({ session }) => session.close(),
  ({ client, session }) => Promise.all([client.close(), session.close()]),
  ({ client, patience }) => {
    patience.abort();
    return client.drain();
  },
  // The client has no connection to say it on: the server keeps the session, until it keeps too many.
  (life) => {
    transportOf(life.client).destroy();
    return life.client.close();
  },
  // The client learns it when it wants to resume.
  (life) => {
    transportOf(life.session).destroy();
    return Promise.all([life.session.close(), life.client.closed]);
  },
];
