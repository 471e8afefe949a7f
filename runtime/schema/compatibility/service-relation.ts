import type { Rule } from "./compare-fields.ts";
import { MessageRelation, type Mismatch } from "./message-relation.ts";
import type { CommandShape, ServiceShape } from "./service-shape.ts";

/** What of a command is not read rightly: what the caller sends, what the handler answers, or a detail of the handler's errors. */
export type Direction = "request" | "reply" | "error";

/** Whether calls of a command are read rightly by both sides. */
export type CommandRelation =
  | { readonly kind: "ok" }
  /** The handler's side does not have it. */
  | { readonly kind: "absent" }
  | {
      readonly kind: "mismatch";
      readonly direction: Direction;
      readonly rule: Rule;
      /** The numbers of the fields that lead from the message to the one that is meant; empty where it is the command itself. */
      readonly field: readonly number[];
    };

/** The relations of a caller's commands, by their short names. */
export type ServiceRelation = ReadonlyMap<string, CommandRelation>;

const ok: CommandRelation = { kind: "ok" };
const absent: CommandRelation = { kind: "absent" };

/** Whether each command of a caller can be handled by a handler, whose description may be any other. docs/PROTOCOL.md, "Schema descriptions". */
export function relate(caller: ServiceShape, handler: ServiceShape): ServiceRelation {
  const there = new MessageRelation(caller, handler);
  const back = new MessageRelation(handler, caller);
  return new Map([...caller.commands].map(([name, command]) => [name, relateCommand(command, handler.commands.get(name), there, back)]));
}

function relateCommand(
  caller: CommandShape,
  handler: CommandShape | undefined,
  there: MessageRelation,
  back: MessageRelation,
): CommandRelation {
  if (handler === undefined) return absent;
  if (caller.mode !== handler.mode) return mismatch("request", { rule: "MODE", field: [] });
  const request = there.canRead(caller.request, handler.request);
  if (request !== undefined) return mismatch("request", request);
  const reply = back.canRead(handler.reply, caller.reply);
  if (reply !== undefined) return mismatch("reply", reply);
  // A detail that only one side declares is never read as something else.
  for (const [detail, read] of caller.errors) {
    const written = handler.errors.get(detail);
    const error = written === undefined ? undefined : back.canRead(written, read);
    if (error !== undefined) return mismatch("error", error);
  }
  return ok;
}

function mismatch(direction: Direction, { rule, field }: Mismatch): CommandRelation {
  return { kind: "mismatch", direction, rule, field };
}
