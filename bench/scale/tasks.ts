import type { Usage } from "../support/usage.ts";

/** How the program of a server is started. */
export interface ServerInit {
  readonly processes: number;
  readonly listen: readonly string[];
  /** The key that all its processes have, as `serializeIdentity` writes it. */
  readonly identity: string;
}

/**
 * What the program of a server is asked.
 *
 * `look`: what its processes have used, the first one first. {@link ServerState}[].
 * `broadcast`: to tell all clients the event of a turn. True.
 * `kill`: to kill the serving process with most sessions. Its {@link ServerState}, when it is gone.
 * `recover`: to answer when another process has taken its place. True.
 */
export type ServerTask =
  | { readonly kind: "look"; readonly collected: boolean }
  | { readonly kind: "broadcast"; readonly turn: number }
  | { readonly kind: "kill" }
  | { readonly kind: "recover" };

/** What a process of the server says of itself. */
export interface ServerState extends Usage {
  readonly pid: number;
  readonly sessions: number;
}

/** Where clients find the server. */
export interface ClientInit {
  readonly endpoint: string;
  readonly serverKey: string;
}

/**
 * What the process of clients is asked, and what it answers.
 *
 * `open`: so many sessions more, each of which is called once. {@link Worked}.
 * `call`: calls at a rate, each over the next session in turn. {@link Worked}.
 * `press`: in every session, callers that call again when they have their answers. {@link Worked}.
 * `hear`: to answer when the event of this turn has come to all sessions. The time, as Date.now() has it.
 * `watch`: calls at a rate until `rest`, while sessions may be lost; each that is has a successor. True.
 * `losses`: what was lost since `watch`. {@link Losses}.
 * `rest`: {@link Worked}.
 * `look`: its Usage, garbage collected.
 */
export type ClientTask =
  | { readonly kind: "open"; readonly sessions: number }
  | { readonly kind: "call"; readonly rate: number; readonly calls: number }
  | { readonly kind: "press"; readonly callers: number; readonly milliseconds: number }
  | { readonly kind: "hear"; readonly turn: number }
  | { readonly kind: "watch"; readonly rate: number }
  | { readonly kind: "losses" }
  | { readonly kind: "rest" }
  | { readonly kind: "look" };

export interface Worked {
  readonly milliseconds: number;
  /** Microseconds of CPU time. */
  readonly cpu: number;
  /** How long each call took, in ms. */
  readonly latencies: readonly number[];
  /** Calls that failed because their session was lost, or while others were. */
  readonly lost: number;
}

export interface Losses {
  readonly lost: number;
  readonly replaced: number;
  /** Attempts to connect that came to nothing, by their reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** When the last session was lost, and when the last successor was open, as Date.now() has it; 0 for none. */
  readonly lostAt: number;
  readonly replacedAt: number;
  /** Calls over sessions that were not lost, which were not answered in the time that a call may take. */
  readonly late: number;
}
