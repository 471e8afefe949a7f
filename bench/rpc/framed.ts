import { type RpcClient, type RpcContender, turnOfSum } from "./contender.ts";
import { BatchedOutput, type Output, PlainOutput, type Wire, type WireKind } from "./wire.ts";

/** What a frame carries: an event, in some format. */
export interface Payload {
  /** Builds the event of this turn. The buffer may be written again at the next call. */
  encode(turn: number): Buffer;
  /** Reads every field; returns their sum. */
  decode(bytes: Buffer): number;
}

/** How a frame's messages leave. `batch`: one write a turn of the event loop. */
export type Writes = "plain" | "batch";

/** The id of frames that nobody answers. */
const NOTE = 0;

const outputs = { plain: PlainOutput, batch: BatchedOutput } as const;

/** A contender that is nothing but frames, with ids made by hand: u32 length of what follows, u32 id, payload. */
export function framed(name: string, kind: WireKind, payload: Payload, writes: Writes): RpcContender {
  const Out = outputs[writes];
  return {
    name,
    serve: async (noted) => String(await kind.listen((wire) => answer(wire, new Out(wire), payload, noted))),
    async connect(port) {
      const wire = await kind.dial(Number(port));
      return caller(wire, new Out(wire), payload);
    },
  };
}

function answer(wire: Wire, output: Output, payload: Payload, noted: () => void): void {
  readFrames(wire, (id, bytes) => {
    const turn = turnOfSum(payload.decode(bytes));
    if (id === NOTE) noted();
    else send(output, id, payload.encode(turn));
  });
}

function caller(wire: Wire, output: Output, payload: Payload): RpcClient {
  const waiting = new Map<number, (sum: number) => void>();
  let lastId = NOTE;
  readFrames(wire, (id, bytes) => {
    const settle = waiting.get(id)!;
    waiting.delete(id);
    settle(payload.decode(bytes));
  });
  return {
    call: (turn) =>
      new Promise((resolve) => {
        waiting.set(++lastId, resolve);
        send(output, lastId, payload.encode(turn));
      }),
    note: (turn) => (send(output, NOTE, payload.encode(turn)) ? undefined : output.drained()),
    close: () => wire.close(),
  };
}

const send = (output: Output, id: number, payload: Buffer): boolean => output.send(4 + payload.length, id, payload);

/** Finds frames in what arrives, whatever pieces it comes in. */
function readFrames(wire: Wire, found: (id: number, payload: Buffer) => void): void {
  let kept: Buffer | undefined;
  wire.onBytes((bytes) => {
    const all = kept === undefined ? bytes : Buffer.concat([kept, bytes]);
    let at = 0;
    while (at + 4 <= all.length) {
      const end = at + 4 + all.readUInt32BE(at);
      if (end > all.length) break;
      found(all.readUInt32BE(at + 4), all.subarray(at + 8, end));
      at = end;
    }
    kept = at < all.length ? all.subarray(at) : undefined;
  });
}
