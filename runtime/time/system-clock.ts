import type { Clock } from "./clock.ts";

/** The longest delay that every platform's setTimeout takes: 2^31 - 1 ms, about 24.8 days. Longer ones overflow and fire at once. */
const MAX_TIMEOUT_MS = 0x7fffffff;

/** The platform's own time. Runs in Node, browsers and workers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimer,
  keepAlive,
  endOfTurn: chooseEndOfTurn(),
  ...(typeof setImmediate === "function" && { endOfCallback }),
};

/** Runs a function in a task of its own: what promises have to do before it, is done, which {@link systemClock}'s shared end of a turn does not promise. */
export function afterAllJobs(run: () => void): void {
  if (typeof setImmediate === "function") setImmediate(run);
  else systemClock.endOfTurn(run);
}

function setTimer(delayMs: number, wake: () => void): () => void {
  const due = performance.now() + delayMs;
  let timeout: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const remaining = due - performance.now();
    timeout = setTimeout(fire, Math.min(Math.ceil(Math.max(remaining, 0)), MAX_TIMEOUT_MS));
    // Browsers return a number, which has no `unref` and keeps nothing alive.
    (timeout as { unref?(): void }).unref?.();
  };
  // Platforms count whole milliseconds and may fire up to one early; a long delay comes here in several legs.
  const fire = (): void => (performance.now() < due ? arm() : wake());
  arm();
  return () => clearTimeout(timeout);
}

const settled = Promise.resolve();

/** Node runs ticks that a promise's job asks for when no job is left. `queueMicrotask` would make an object of its own for each. */
function endOfCallback(run: () => void): void {
  void settled.then(() => process.nextTick(run));
}

function keepAlive(): () => void {
  const interval = setInterval(() => {}, MAX_TIMEOUT_MS);
  return () => clearInterval(interval);
}

/** What waits for the end of one turn shares one immediate: a thousand sessions that send something would make a thousand of them. */
function inOneImmediate(): (run: () => void) => void {
  let waiting: (() => void)[] = [];
  const runAll = (): void => {
    const due = waiting;
    waiting = [];
    let at = 0;
    try {
      while (at < due.length) due[at++]!();
    } finally {
      // One that throws does not take the others with it.
      if (at < due.length) {
        waiting = [...due.slice(at), ...waiting];
        setImmediate(runAll);
      }
    }
  };
  return (run) => {
    if (waiting.push(run) === 1) setImmediate(runAll);
  };
}

/** `setImmediate` runs after the poll for input; a message port's task is the nearest thing in a browser, and background tabs don't slow it. */
function chooseEndOfTurn(): (run: () => void) => void {
  if (typeof setImmediate === "function") return inOneImmediate();
  if (typeof MessageChannel !== "function") return queueMicrotask.bind(globalThis);
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  // One task for each callback: one that throws does not take the others with it.
  port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    port2.postMessage(undefined);
  };
}
