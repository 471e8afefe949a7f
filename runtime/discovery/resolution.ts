import type { EndError } from "../session/session-end.ts";
import type { Timers } from "../time/timers.ts";
import type { ListedEndpoint } from "./endpoint-list.ts";
import type { OnStep } from "./step.ts";
import type { DialTarget } from "./target.ts";

export interface ResolutionEvents {
  /** Targets to try; may be called more than once, also with some that were told before. */
  found(targets: readonly DialTarget[]): void;
  /** Nothing more comes. With the reason when the name could not be resolved. */
  done(failure?: EndError): void;
}

/** Turns endpoints into targets. */
export interface Resolution {
  /** Calls `events`, from within this call where nothing has to be looked up. The returned function ends that. */
  resolve(listed: ListedEndpoint, events: ResolutionEvents): () => void;
}

export interface ResolutionOptions {
  readonly timers: Timers;
  readonly lookupTimeoutMs?: number | undefined;
  readonly onStep: OnStep;
}

/** How a platform's names are resolved, passed in: Node does it here, and a browser when it connects. */
export type MakeResolution = (options: ResolutionOptions) => Resolution;

/** An endpoint is one target, where the platform resolves names by itself and where there is nothing to resolve. */
export const unresolved: Resolution = {
  resolve({ endpoint, priority }, { found, done }) {
    found([{ endpoint, address: undefined, priority }]);
    done();
    return () => {};
  },
};
