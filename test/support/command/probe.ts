import { Probe, type ProbeHandlers, type Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import type { Context } from "../../../runtime/command/context.ts";
import { type Implementation, implement } from "../../../runtime/command/handlers.ts";

/** Handlers that do the least; a test replaces those that it is about. */
const plain: ProbeHandlers = {
  echo: ({ text, number }) => ({ text, number }),
  note() {},
  turn: ({ text, number }) => ({ text, number }),
  noteInTurn() {},
  blip() {},
  echoHigh: ({ text, number }) => ({ text, number }),
  noteHigh() {},
  noteBulk() {},
  turnBulk: ({ text, number }) => ({ text, number }),
  async *bothBulk(items) {
    for await (const item of items) yield item;
  },
  later: (_request, context) => context.defer(),
  *down({ number }) {
    for (let at = 0; at < number; at++) yield { number: at };
  },
  async up(items) {
    let number = 0;
    for await (const item of items) number += item.number;
    return { number };
  },
  async *both(items) {
    for await (const item of items) yield item;
  },
  *downBriskly({ number }) {
    for (let at = 0; at < number; at++) yield { number: at };
  },
  async upBriskly(items) {
    let number = 0;
    for await (const item of items) number += item.number;
    return { number };
  },
  async *bothBriskly(items) {
    for await (const item of items) yield item;
  },
  weigh: (blob) => ({ label: `${blob.copied.length} ${blob.viewed.length}` }),
  async *pour(blobs) {
    for await (const blob of blobs) yield blob;
  },
  count: ({ members }) => ({ number: members.length }),
  fit: ({ text, number }) => ({ text, number }),
  async *fitBoth(items) {
    for await (const item of items) yield item;
  },
};

export function probe(handlers: Partial<ProbeHandlers> = {}): Implementation {
  return implement(Probe, { ...plain, ...handlers });
}

/** A handler that a test opens: each call waits until its gate is opened. */
export class Gate {
  readonly entered: { readonly request: Text; readonly context: Context; open(reply?: TextInit): void; fail(error: unknown): void }[] = [];

  readonly handler = (request: Text, context: Context): Promise<TextInit> =>
    new Promise((resolve, reject) => {
      this.entered.push({ request, context, open: (reply = request) => resolve(reply), fail: reject });
    });
}

/** Everything that an iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Does something, then replies: `echo: () => effect(order.push("echo"), {})`. */
export function effect<Reply>(_done: unknown, reply: Reply): Reply {
  return reply;
}
