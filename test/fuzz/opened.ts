import { Records } from "../../runtime/channel/records.ts";
import { Mutator } from "./mutator.ts";
import { type Ends, ends, talk, ways } from "./sealed.ts";
import type { FuzzRun, FuzzTarget } from "./target.ts";

/** Records that a talk has, those of rotations included. */
const RECORDS = 20;
const KINDS = 32;
const PATIENCE_MS = 11_000;

/** A talk in which one record, counted from 0 over both sides, says something else before it is sealed: what a proven peer may do. */
function talkChanged(mutator: Mutator | undefined): Ends {
  const { seal } = Records.prototype;
  const changed = mutator?.below(RECORDS);
  let number = 0;
  Records.prototype.seal = function (this: Records, kind: number, plaintext: Uint8Array): Uint8Array {
    if (mutator === undefined || number++ !== changed) return seal.call(this, kind, plaintext);
    const otherKind = mutator.below(2) === 0 ? mutator.below(KINDS) : kind;
    return seal.call(this, otherKind, mutator.mutate([plaintext])[0] ?? new Uint8Array());
  };
  try {
    const made = ends(mutator?.pick(ways) ?? ways[0]!);
    talk(made);
    return made;
  } finally {
    Records.prototype.seal = seal;
  }
}

/** What a proven peer seals: record kinds, and the messages of a rotation. */
export const opened: FuzzTarget = {
  name: "opened-records",
  share: 35,
  async prepare(): Promise<FuzzRun> {
    if (talkChanged(undefined).listener.epochs.length !== 2) throw new Error("the talk has no rotations");
    return (seed) => {
      const { time, dialer, listener } = talkChanged(new Mutator(seed));
      time.clock.advance(PATIENCE_MS);
      const outcomes = [dialer, listener].map((end) => end.ending?.reason ?? (end.illegalMessage === undefined ? "goes on" : "illegal"));
      for (const { channel } of [dialer, listener]) channel.destroy();
      if (time.timers.size > 0) throw new Error(`${time.timers.size} timers were left`);
      return outcomes.find((outcome) => outcome !== "goes on") ?? "goes on";
    };
  },
};
