import type { SessionStatus } from "../../../runtime/command/session-type.ts";
import type { Client } from "../../../runtime/client.ts";
import type { Cut, Pair, StoryOptions } from "./resuming.ts";
import { CutWorld, resumeStory } from "./resuming.ts";

/** A server with a second entrance, `memory:second`. */
export const twoEntrances = { listen: ["memory:server", "memory:second"] } as const;

/** Both sides use everything, and the server moves its client to the second entrance meanwhile. */
export function moveStory(world: CutWorld, what: string, options: StoryOptions = {}): Promise<void> {
  return resumeStory(world, what, {
    ...options,
    serve: { ...twoEntrances, ...options.serve },
    interrupt: (pair) => {
      options.interrupt?.(pair);
      void pair.server.moveTo(["memory:second"], { overMs: 1 });
    },
  });
}

/** A world whose server has a second entrance. The names that its clients dialled are in `names`. */
export class MovingWorld extends CutWorld {
  readonly names: string[] = [];
  /** Called before each dial; what it throws makes the dial fail, what it returns is awaited. */
  onDial: (name: string) => Promise<void> | void = () => {};

  constructor(cuts: readonly Cut[] = []) {
    super(cuts);
    const { network } = this;
    const { dial } = network;
    network.dial = async (name) => {
      this.names.push(name);
      await this.onDial(name);
      return dial.call(network, name);
    };
  }

  override pair(options: Parameters<CutWorld["pair"]>[0] = {}): Promise<Pair> {
    return super.pair({ ...options, serve: { ...twoEntrances, ...options.serve } });
  }
}

/** What a client's status tells from now on, by type. */
export function statusOf(client: Client): string[] {
  const told: string[] = [];
  const read = async (): Promise<void> => {
    for await (const { type } of client.status() as AsyncIterable<SessionStatus>) told.push(type);
  };
  void read();
  return told;
}
