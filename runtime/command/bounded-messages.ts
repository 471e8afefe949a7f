import { Reader } from "../bytes/reader.ts";
import { BoundedFrame, type BoundedFrameHost } from "../session/bounded-frame.ts";
import { FrameType } from "../session/frame.ts";
import type { Limits } from "../session/limits.ts";
import type { PartialFrame } from "../session/partial-frame.ts";
import type { Priority } from "../session/priority.ts";
import { type UnfinishedBytes, UnfinishedMessages } from "../session/unfinished-bytes.ts";
import type { SessionCaller } from "./caller.ts";
import type { CommandReceiver } from "./handler-side.ts";
import { oversize } from "./oversize.ts";

export type MakePartial = (priority: Priority) => PartialFrame;

/** The session whose messages are bounded. */
export interface BoundedSession {
  readonly role: "client" | "server";
  readonly limits: Limits;
}

/**
 * Makes what bounds the messages in pieces of one session. A page has none: it trusts its server with `messageBytes` in each class.
 *
 * @param commands who knows the commands that this side calls, and those that it handles
 */
export type BoundMessages = (session: BoundedSession, commands: () => readonly [SessionCaller, CommandReceiver]) => MakePartial;

/** @param shared what all sessions of a server may hold together */
export const boundMessages =
  (shared?: UnfinishedBytes): BoundMessages =>
  ({ role, limits }, commands) => {
    const ownParity = role === "client" ? 1 : 0;
    const host: BoundedFrameHost = {
      memory: new UnfinishedMessages(limits, shared),
      judge(type, body, size, priority) {
        const [caller, receiver] = commands();
        const start = body.position;
        const answers = type === FrameType.REPLY || type === FrameType.ITEM;
        const mine = answers && new Reader(body.bytes, start, body.end).uintNumber() % 2 === ownParity;
        const command = mine ? caller.commandOf(body.uintNumber()) : receiver.commandOf(type, body, priority);
        return oversize(command, size - (body.position - start));
      },
    };
    return (priority) => new BoundedFrame(host, priority);
  };
