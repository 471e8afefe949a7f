import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Probe, type Text } from "../../../generated/example/probe/v1/probe.ts";
import type { BatchBuilder } from "../../../runtime/command/batch.ts";
import { SessionCaller } from "../../../runtime/command/caller.ts";
import { Dispatcher } from "../../../runtime/command/dispatcher.ts";
import { IncomingQueue } from "../../../runtime/command/incoming-queue.ts";
import { StreamReader } from "../../../runtime/command/stream-reader.ts";
import { Acks } from "../../../runtime/session/acks.ts";
import { Attachment } from "../../../runtime/session/attachment.ts";
import type { FrameAssembler } from "../../../runtime/session/frame-assembler.ts";
import { Outbox } from "../../../runtime/session/outbox.ts";
import { ByPriority } from "../../../runtime/session/priority.ts";
import { ReplayBuffer } from "../../../runtime/session/replay-buffer.ts";
import { ResumeSecrets } from "../../../runtime/session/resume-secrets.ts";
import { probe } from "../../support/command/probe.ts";
import { note } from "../../support/report.ts";
import { type Cut, CutWorld, resumeStory } from "../../support/session/resuming.ts";

export const testTimeoutMs = 120_000;

/** Replaces a method until the returned function is called. */
function swap<T extends object, K extends keyof T>(type: { readonly prototype: T }, method: K, make: (original: T[K]) => T[K]): () => void {
  const { prototype } = type;
  const original = prototype[method];
  prototype[method] = make(original);
  return () => {
    prototype[method] = original;
  };
}

/** Rules of resuming, each broken on purpose. */
const mutants: readonly (readonly [name: string, breakIt: () => () => void])[] = [
  [
    "skips one acknowledgement: one frame in five is not counted",
    () => {
      let count = 0;
      return swap(
        Acks,
        "accept",
        (accept) =>
          function (this: Acks, bytes) {
            if (++count % 5 !== 0) accept.call(this, bytes);
          },
      );
    },
  ],
  [
    "sends one extra frame again",
    () =>
      swap(
        ReplayBuffer,
        "replay",
        (replay) =>
          function (this: ReplayBuffer, accepted, now, sink) {
            replay.call(this, Math.max(0, accepted - 1), now, sink);
          },
      ),
  ],
  [
    "frees one frame too many: acknowledged at the receipt of half a message",
    () =>
      swap(
        ReplayBuffer,
        "replay",
        (replay) =>
          function (this: ReplayBuffer, accepted, now, sink) {
            replay.call(this, accepted + 1, now, sink);
          },
      ),
  ],
  ["sends nothing again", () => swap(ReplayBuffer, "replay", () => () => {})],
  ["forgets what waited for a connection", () => swap(Outbox, "keep", () => () => {})],
  [
    "forgets the credit of commands and streams",
    () => {
      const back = [
        swap(Dispatcher, "restate", () => () => {}),
        swap(SessionCaller, "restate", () => () => {}),
        swap(StreamReader, "restate", () => () => {}),
      ];
      return () => {
        for (const undo of back) undo();
      };
    },
  ],
  [
    "wipes the predecessor of a secret at once",
    () =>
      swap(
        ResumeSecrets,
        "renew",
        (renew) =>
          function (this: ResumeSecrets, secret) {
            renew.call(this, secret);
            this.confirm();
          },
      ),
  ],
  [
    "numbers anew after a resume",
    () =>
      swap(
        Acks,
        "restate",
        (restate) =>
          function (this: Acks) {
            restate.call(this);
            const before = this.accepted;
            const { get } = Object.getOwnPropertyDescriptor(Acks.prototype, "accepted")!;
            Object.defineProperty(this, "accepted", { configurable: true, get: () => get!.call(this) - before });
          },
      ),
  ],
  ["drops VOID", () => swap(Dispatcher, "skip", () => () => {})],
  ["runs what depends on VOID", () => swap(IncomingQueue, "skip", () => () => {})],
  [
    "keeps the frame that had come in part",
    () => {
      let kept: FrameAssembler | undefined;
      const back = [
        swap(
          Attachment,
          "stop",
          (stop) =>
            function (this: Attachment) {
              const frames = this.frames?.normal;
              if (frames === undefined) {
                stop.call(this);
                return;
              }
              kept = frames;
              const { drop } = frames;
              frames.drop = () => {};
              stop.call(this);
              frames.drop = drop;
            },
        ),
        swap(
          Attachment,
          "watch",
          (watch) =>
            function (this: Attachment, ...args) {
              if (kept !== undefined) Object.assign(this, { frames: new ByPriority(kept) });
              kept = undefined;
              watch.call(this, ...args);
            },
        ),
      ];
      return () => {
        for (const undo of back) undo();
      };
    },
  ],
];
const ends = { limits: { streamItems: 2, queuedCommands: 4 } };

/** Stories that a session survives when its rules are kept. Rejects when one of them goes wrong. */
async function trial(): Promise<void> {
  await depends();
  await halfAMessage();
  for (const lost of [1, 2, 3]) {
    const cuts = Array.from({ length: lost }, (_, at): Cut => ({ connection: at + 1, to: "client", bytes: 280 }));
    await resumeStory(new CutWorld(cuts), `${lost} answers lost`);
  }
  for (let bytes = 250; bytes < 650; bytes += 20) {
    for (const to of ["client", "server"] as const)
      await resumeStory(new CutWorld([{ connection: 1, to, bytes }]), `cut after ${bytes} bytes to the ${to}`, {
        serve: ends,
        connect: ends,
      });
  }
}

/** A batch whose first member is late before a connection comes back: its second does not run, and the names of both are known. */
async function depends(): Promise<void> {
  const world = new CutWorld();
  const ran: number[] = [];
  const echo = ({ number, text }: Text): Text => ({ text, number: text === "" ? ran.push(number) : number });
  const { client } = await world.pair({ serve: { handlers: [probe({ echo, turn: echo })] } });
  world.cut();
  await Promise.resolve();
  const proxies = (batch: BatchBuilder) => batch.use(Probe);
  const settled = client.batch((batch) => [proxies(batch).turn({ number: 1 }, { timeoutMs: 1 }), proxies(batch).echo({ number: 2 })], {
    stopOnError: true,
  });
  await world.settle(20_000);
  const outcomes = (await world.until(settled)).map((member) => (member.status === "rejected" ? member.reason.outcome : "ran"));
  assert.equal([outcomes, ran], [["NOT_RUN", "NOT_RUN"], []]);
  assert.ok(await world.answers(client));
}

/** A message that spans records and is cut in its middle. */
async function halfAMessage(): Promise<void> {
  const notes: number[] = [];
  const world = new CutWorld([{ connection: 0, to: "server", bytes: 80_000 }]);
  const { client } = await world.pair({
    serve: { handlers: [probe({ note: ({ number, text }) => void notes.push(number + text.length) })] },
  });
  // The first is so short that it does not leave before the second.
  for (const [number, length] of [
    [1, 10_000],
    [2, 100_000],
  ] as const)
    client.use(Probe).note({ number, text: "x".repeat(length) });
  await world.until(client.flush(), 20_000);
  assert.equal(notes, [10_001, 100_002]);
}

const test = suite("session/resume-mutants");

test("with every rule kept, the stories end well", trial);

for (const [name, breakIt] of mutants) {
  test(`found out: a side that ${name}`, async () => {
    const undo = breakIt();
    try {
      const failure = await trial().then(
        () => undefined,
        (error: unknown) => String(error).split("\n")[0],
      );
      assert.ok(failure !== undefined, "every story ended well");
      note(`${name}: ${failure.slice(0, 120)}`);
    } finally {
      undo();
    }
  });
}

test.run();
