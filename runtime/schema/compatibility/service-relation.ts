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

/** What comes of comparing two descriptions of a service. */
export interface ServiceComparison {
  readonly commands: ServiceRelation;
  /** Of what callers write and handlers read. */
  readonly requests: MessageRelation;
  /** Of what handlers write and callers read: replies, and details of errors. */
  readonly replies: MessageRelation;
}

/** Whether each command of a caller can be handled by a handler, whose description may be any other. docs/PROTOCOL.md, "Schema descriptions". */
export function relate(caller: ServiceShape, handler: ServiceShape): ServiceRelation {
  return compareServices(caller, handler).commands;
}

/** {@link relate}, with all that was found to be wrong. */
export function compareServices(caller: ServiceShape, handler: ServiceShape): ServiceComparison {
  const requests = new MessageRelation(caller, handler);
  const replies = new MessageRelation(handler, caller);
  const relations = [...caller.commands].map(
    ([name, command]) => [name, relateCommand(command, handler.commands.get(name), requests, replies)] as const,
  );
  return { commands: new Map(relations), requests, replies };
}

function relateCommand(
  caller: CommandShape,
  handler: CommandShape | undefined,
  requests: MessageRelation,
  replies: MessageRelation,
): CommandRelation {
  if (handler === undefined) return absent;
  if (caller.mode !== handler.mode) return mismatch("request", { rule: "MODE", field: [] });
  const request = requests.canRead(caller.request, handler.request);
  const reply = replies.canRead(handler.reply, caller.reply);
  // A detail that only one side declares is never read as something else.
  const errors = [...caller.errors].map(([detail, read]) => {
    const written = handler.errors.get(detail);
    return written === undefined ? undefined : replies.canRead(written, read);
  });
  const error = errors.find((each) => each !== undefined);
  if (request !== undefined) return mismatch("request", request);
  if (reply !== undefined) return mismatch("reply", reply);
  return error === undefined ? ok : mismatch("error", error);
}

function mismatch(direction: Direction, { rule, field }: Mismatch): CommandRelation {
  return { kind: "mismatch", direction, rule, field };
}
