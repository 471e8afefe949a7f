import type { Wire, WireKind } from "../rpc/wire.ts";
import { type BulkContender, repeated } from "./contender.ts";

/** Bytes of a number: how many are to come, and how many came. */
const NUMBER = 8;

/** A contender that is nothing but bytes: how many there will be, then the chunks, a write each. The server answers with what it counted. */
export const wired = (name: string, kind: WireKind): BulkContender => ({
  name,
  serve: async () => String(await kind.listen(count)),
  async connect(port) {
    const wire = await kind.dial(Number(port));
    let counted: (bytes: number) => void;
    wire.onBytes((bytes) => counted(bytes.readDoubleBE()));
    return {
      async pour(chunk, count) {
        const answer = new Promise<number>((resolve) => {
          counted = resolve;
        });
        wire.write(number(chunk.length * count));
        for (const bytes of repeated(chunk, count)) if (!wire.write(bytes)) await wire.drained();
        return answer;
      },
    };
  },
});

function count(wire: Wire): void {
  let [expected, came] = [0, 0];
  wire.onBytes((bytes) => {
    if (expected === 0) {
      // A client pours again when it has its answer, so that what comes first begins with the number.
      expected = bytes.readDoubleBE();
      came = -NUMBER;
    }
    came += bytes.length;
    if (came < expected) return;
    expected = 0;
    wire.write(number(came));
  });
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(NUMBER);
  bytes.writeDoubleBE(value);
  return bytes;
}
