import { blobSides } from "../model/blob.ts";
import type { Command, Message } from "../model/schema.ts";
import type { Check } from "./rule.ts";
import { commandPairs, messagePairs, type Pair, shortName } from "./schema-pair.ts";

export const optionTightened: Check = (schemas, report) => {
  for (const { before, after } of messagePairs(schemas)) {
    const [was, is] = [maxElements(before), maxElements(after)];
    if (is < was) report(after.position, `max_elements of ${after.name} was ${was} and is ${is}`);
  }
  for (const pair of commandPairs(schemas))
    for (const what of tightened(pair)) report(pair.after.position, `${what} of ${shortName(pair.after)}`);
};

/** What an absent option stands for: the sessions' own defaults, `limits.decodeElements`, `defaultTimeoutMs` and `limits.messageBytes`. */
const defaults = { maxElements: 100_000, timeoutMs: 30_000, maxBytes: 4_194_304 } as const;

const maxElements = ({ zserver }: Message): number => zserver.maxElements || defaults.maxElements;

/** A deadline in milliseconds; streams and one-ways have none of themselves. */
function timeoutMs({ kind, zserver }: Command): number {
  return zserver.timeoutMs || (kind === "unary" ? defaults.timeoutMs : Number.POSITIVE_INFINITY);
}

const idleTimeoutMs = ({ zserver }: Command): number => zserver.idleTimeoutMs || Number.POSITIVE_INFINITY;

/** Of messages, which sessions bound too, or of a blob. */
const maxBytes = (command: Command): number =>
  command.zserver.maxBytes || (blobSides(command) === undefined ? defaults.maxBytes : Number.POSITIVE_INFINITY);

const bytes = (count: number): string => (Number.isFinite(count) ? String(count) : "any number of");

const milliseconds = (ms: number): string => (Number.isFinite(ms) ? `${ms} ms` : "none");

/** Another mode is a matter of its own, with other defaults. */
function* tightened({ before, after }: Pair<Command>): Generator<string> {
  if (before.kind !== after.kind) return;
  const [was, is] = [timeoutMs(before), timeoutMs(after)];
  if (is < was) yield `the deadline was ${milliseconds(was)} and is ${is} ms: timeout_ms`;
  const [wasIdle, isIdle] = [idleTimeoutMs(before), idleTimeoutMs(after)];
  if (isIdle < wasIdle) yield `the idle deadline was ${milliseconds(wasIdle)} and is ${isIdle} ms: idle_timeout_ms`;
  const [wasBytes, isBytes] = [maxBytes(before), maxBytes(after)];
  if (isBytes < wasBytes)
    yield `${blobSides(after) ? "a blob" : "messages"} might have ${bytes(wasBytes)} bytes and may have ${isBytes}: max_bytes`;
  if (before.zserver.critical && !after.zserver.critical) yield "an overloaded side refuses what it ran: critical";
  if (before.zserver.delivery === "RELIABLE" && after.zserver.delivery === "VOLATILE") yield "what was sent may be lost now: delivery";
}
