import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Admitted } from "../../generated/zserver/protocol/v1/session.ts";
import { Reader } from "../../runtime/bytes/reader.ts";
import { Barriers } from "../../runtime/command/barriers.ts";
import { SessionCaller } from "../../runtime/command/caller.ts";
import { Dispatcher } from "../../runtime/command/dispatcher.ts";
import { IncomingCommand } from "../../runtime/command/incoming-command.ts";
import { IncomingQueue } from "../../runtime/command/incoming-queue.ts";
import { Intakes } from "../../runtime/command/intake.ts";
import { OutgoingClasses } from "../../runtime/command/outgoing-class.ts";
import type { Peer } from "../../runtime/command/peer.ts";
import { Sender } from "../../runtime/command/sender.ts";
import { VolatileSender } from "../../runtime/command/volatile-sender.ts";
import type { CommandPriority } from "../../runtime/schema/service-type.ts";
import { type AdmissionRequest, Admissions } from "../../runtime/server/admissions.ts";
import { Expiries } from "../../runtime/server/expiries.ts";
import { Renewals } from "../../runtime/server/renewals.ts";
import type { Verdict } from "../../runtime/server/verdict.ts";
import { Acks } from "../../runtime/session/acks.ts";
import { Backlog } from "../../runtime/session/backlog.ts";
import { CreditWindow } from "../../runtime/session/credit.ts";
import { FrameType } from "../../runtime/session/frame.ts";
import { Outbox } from "../../runtime/session/outbox.ts";
import { Outboxes } from "../../runtime/session/outboxes.ts";
import { Pacer } from "../../runtime/session/pacer.ts";
import { Priority } from "../../runtime/session/priority.ts";
import { ReplayBuffer, type ReplaySink } from "../../runtime/session/replay-buffer.ts";
import { ResumeSecrets } from "../../runtime/session/resume-secrets.ts";
import { Succession } from "../../runtime/session/succession.ts";
import { note } from "../support/report.ts";
import { simulate } from "./world.ts";

export const testTimeoutMs = 120_000;

/** A mutant that lives through this many worlds was not noticed. */
const SEEDS = 200;

/** Replaces a method or getter of a class, and returns how to put it back. */
function replace<T extends object>(
  prototype: T,
  name: keyof T & string,
  change: (descriptor: PropertyDescriptor) => PropertyDescriptor,
): () => void {
  const original = Object.getOwnPropertyDescriptor(prototype, name)!;
  Object.defineProperty(prototype, name, { ...original, ...change(original) });
  return () => Object.defineProperty(prototype, name, original);
}

/** Each breaks one rule of the protocol on purpose. */
const mutants: Readonly<Record<string, () => () => void>> = {
  "one acknowledgement in fifty is forgotten": () => {
    let count = 0;
    return replace(Acks.prototype, "accept", ({ value }) => ({
      value(this: Acks, bytes: number) {
        if (++count % 50 !== 0) value.call(this, bytes);
      },
    }));
  },
  "a frame is acknowledged before it has come": () =>
    replace(Acks.prototype, "accepted", ({ get }) => ({
      get(this: Acks) {
        return get!.call(this) + 1;
      },
    })),
  "one frame too many is sent again": () => {
    const restore = [shift("accept", -1), shift("replay", -1)];
    return () => {
      for (const put of restore) put();
    };
  },
  "one frame too few is sent again": () => shift("replay", 1),
  "what is sent again changes places": () =>
    replace(ReplayBuffer.prototype, "replay", ({ value }) => ({
      value(this: ReplayBuffer, accepted: number, now: number, sink: ReplaySink) {
        const frames: Parameters<ReplaySink>[] = [];
        value.call(this, accepted, now, (...frame: Parameters<ReplaySink>) => void frames.push(frame));
        for (const frame of frames.reverse()) sink(...frame);
      },
    })),
  "what was accepted of one class counts as NORMAL": () =>
    replace(Acks.prototype, "accept", ({ value }) => ({
      value(this: Acks, bytes: number) {
        value.call(this, bytes);
      },
    })),
  "what was accepted of each class is told as another's": () =>
    replace(Acks.prototype, "counts", ({ get }) => ({
      get(this: Acks) {
        const [normal = 0, control = 0, high = 0, bulk = 0] = get!.call(this);
        return [normal, control, bulk, high];
      },
    })),
  "the classes introduce names together": () =>
    replace(Intakes.prototype, "of", ({ value }) => ({
      value(this: Intakes<unknown>) {
        return value.call(this, Priority.NORMAL);
      },
    })),
  "an ordered command of class BULK holds nothing back": () =>
    replace(IncomingCommand.prototype, "ordered", ({ get }) => ({
      get(this: IncomingCommand) {
        return this.priority !== Priority.BULK && get!.call(this);
      },
    })),
  "a blob holds nothing back until its head has come": () => replace(IncomingCommand.prototype, "takesBlob", () => ({ get: () => false })),
  "a barrier holds nothing back": () => replace(IncomingQueue.prototype, "barrier", () => ({ value() {} })),
  "a barrier opens when one class has come to it": () =>
    replace(Barriers.prototype, "reach", () => ({
      value(this: Barriers, _priority: Priority, barrier: number) {
        const opens = barrier > this.opened;
        this.opened = Math.max(this.opened, barrier);
        return opens;
      },
    })),
  "a barrier overtakes what waits": () =>
    replace(Sender.prototype, "whenPassed", () => ({
      value(passed: () => void) {
        passed();
      },
    })),
  "commands of one class travel in two": () =>
    replace(OutgoingClasses.prototype, "of", ({ value }) => {
      let turn = 0;
      return {
        value(this: OutgoingClasses, name: CommandPriority) {
          return value.call(this, name === "NORMAL" && ++turn % 2 === 0 ? "HIGH" : name);
        },
      };
    }),
  "answers wait behind what the path does not take": () => replace(Outboxes.prototype, "answers", () => ({ get: () => Priority.NORMAL })),
  "what waited for one connection leaves over the next one as it is": () => replace(Backlog.prototype, "clear", () => ({ value() {} })),
  "a frame that was given in part counts as given": () =>
    replace(Backlog.prototype, "take", ({ value }) => ({
      value(this: Backlog, most: number) {
        const taken = value.call(this, most);
        return this.cut ? { ...taken, frames: taken.frames + 1 } : taken;
      },
    })),
  "what the peer received makes no room": () => replace(Pacer.prototype, "receive", () => ({ value: () => true })),
  "credit is not told again after a resume": () => replace(Dispatcher.prototype, "restate", () => ({ value() {} })),
  "credit is not renewed": () => replace(CreditWindow.prototype, "take", () => ({ value: () => false })),
  "the old resume secret is wiped before the new one is confirmed": () =>
    replace(ResumeSecrets.prototype, "renew", ({ value }) => ({
      value(this: ResumeSecrets, secret: Uint8Array) {
        value.call(this, secret);
        this.confirm();
      },
    })),
  "a command that was given up is sent again nevertheless": () => replace(SessionCaller.prototype, "wants", () => ({ value: () => true })),
  "what depends on a command that was given up runs": () => replace(IncomingQueue.prototype, "skip", () => ({ value() {} })),
  "a volatile one-way overtakes what waits": () => {
    let volatile = false;
    const restore = [
      replace(VolatileSender.prototype, "submit", ({ value }) => ({
        value(this: VolatileSender, ...call: Parameters<VolatileSender["submit"]>) {
          volatile = true;
          const submitted = value.apply(this, call);
          volatile = false;
          return submitted;
        },
      })),
      replace(Sender.prototype, "free", ({ get }) => ({
        get(this: Sender) {
          return volatile || get!.call(this);
        },
      })),
    ];
    return () => {
      for (const put of restore) put();
    };
  },
  "a volatile one-way is started twice": () =>
    replace(Dispatcher.prototype, "volatile", ({ value }) => ({
      value(this: Dispatcher, body: Reader, size: number) {
        value.call(this, new Reader(body.bytes, body.position, body.end), size);
        value.call(this, body, size);
      },
    })),
  "what comes over both connections of a move counts twice": () => replace(Succession.prototype, "repeats", () => ({ value: () => false })),
  "clients are let in before they are judged": () =>
    replace(Admissions.prototype, "judge", () => ({
      value(_peer: Peer, _request: AdmissionRequest, decided: (verdict: Verdict) => void) {
        decided({ id: "anonymous", key: undefined, roles: [], expiresAt: undefined });
      },
    })),
  "admissions never end": () => replace(Expiries.prototype, "watch", () => ({ value() {} })),
  "what a renewal grants does not count": () =>
    replace(Renewals.prototype, "show", () => ({
      value(this: Renewals<unknown>, peer: Peer) {
        peer.control(FrameType.ADMITTED, (writer) => Admitted.write(writer, { admitted: true }));
      },
    })),
  "a broadcast that is not alone in its turn is forgotten": () =>
    replace(Outbox.prototype, "put", ({ value }) => ({
      value(this: Outbox, frame: Uint8Array) {
        if (!this.pending) value.call(this, frame);
      },
    })),
  "a broadcast leaves twice": () =>
    replace(Outbox.prototype, "put", ({ value }) => ({
      value(this: Outbox, frame: Uint8Array) {
        value.call(this, frame);
        value.call(this, frame);
      },
    })),
  "what was sent and not acknowledged is said to be NOT_RUN": () =>
    replace(Outbox.prototype, "flushed", () => ({
      get(this: Outbox) {
        return this.accepted;
      },
    })),
};

/** Has the replay buffer take another number of accepted frames for the true one. */
function shift(name: "accept" | "replay", by: number): () => void {
  return replace(ReplayBuffer.prototype, name, ({ value }) => ({
    value(this: ReplayBuffer, accepted: number, ...rest: unknown[]) {
      value.call(this, accepted + by, ...rest);
    },
  }));
}

const test = suite("sim/mutants");

for (const [rule, mutate] of Object.entries(mutants)) {
  test(`the simulator notices: ${rule}`, async () => {
    const restore = mutate();
    try {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violations } = await simulate(seed);
        if (violations.length === 0) continue;
        note(`${rule}: seed ${seed}: ${violations[0]!.split("\n", 1)[0]}`);
        return;
      }
    } finally {
      restore();
    }
    assert.unreachable(`${SEEDS} worlds did not notice`);
  });
}

test.run();
