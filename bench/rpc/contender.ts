import { lowOfNumber, sumEvent } from "../codec/sums.ts";
import { event, plain } from "../codec/values.ts";

/** One way of calling another process. Its server and its client run in a process each, so that none sees code that another has made polymorphic. */
export interface RpcContender {
  readonly name: string;
  /** Starts a server on a free port of 127.0.0.1. Returns what `connect` needs to know. Of each note that it has read whole, `noted` is told. */
  serve(noted: () => void): Promise<string>;
  connect(address: string): Promise<RpcClient>;
}

/** A connection. Every message is an event, built anew with its turn in a field, and whoever gets it reads every field. */
export interface RpcClient {
  /** Sends the event of this turn. The server answers with one that it builds. Returns the sum of the answer's fields. */
  call(turn: number): Promise<number>;
  /** Sends the event of this turn, for which there is no answer. What it returns settles when the next one may be sent. Missing where there is no such thing. */
  note?(turn: number): Promise<void> | void;
  close(): Promise<void> | void;
}

const TURNS = 0x2000;

/** The sum of an event's fields but for its turn. */
const rest = sumEvent(event(0, plain), lowOfNumber);

/** The sum of an event's fields. Turns begin anew after 8,192. */
export const sumOfTurn = (turn: number): number => rest + (turn % TURNS);

/** The turn of the event whose fields have this sum. Throws when that is no event's: whoever reads less, or other things, is no contender. */
export function turnOfSum(sum: number): number {
  const turn = sum - rest;
  if (!(turn >= 0 && turn < TURNS)) throw new Error(`an event was not read whole: the sum of its fields is ${sum}`);
  return turn;
}
