import type { Pace } from "../time/pace.ts";
import type { Timers } from "../time/timers.ts";
import type { Epoch } from "./epoch.ts";
import type { Rotation, RotationContext } from "./rotation.ts";

/** Which end of the connection a channel is. Each end comes with what only it needs, so that a page carries nothing of a listener. */
export interface ChannelSide {
  readonly dials: boolean;
  /**
   * How often the dialler may renew the keys.
   *
   * @param due it may again, where it had to wait
   */
  pace(timers: Timers, due: () => void): Pace;
  rotation(context: RotationContext, epoch: Epoch): Rotation;
}
