/** What compression saves and costs: a text of JSON as a message, written and read as it travels with a command of each form. */
import { Text } from "../generated/example/probe/v1/probe.ts";
import { Reader } from "../runtime/bytes/reader.ts";
import { Writer } from "../runtime/bytes/writer.ts";
import { brotli, deflate } from "../runtime/bytes/zlib.ts";
import { CompressedType } from "../runtime/command/compressed-type.ts";
import type { TravellingType } from "../runtime/command/travelling.ts";
import { decodeRest } from "../runtime/schema/codec.ts";
import type { MessageType } from "../runtime/schema/message-type.ts";
import type { BenchOptions } from "./support/options.ts";
import type { Report } from "./support/report.ts";
import { measureRows } from "./support/rounds.ts";

const plain = Text as MessageType<unknown, unknown>;
const bound = { name: "max_bytes", bytes: 262_144 };
const types: ReadonlyMap<string, TravellingType> = new Map([
  ["as it is", plain],
  ["DEFLATE", new CompressedType(plain, deflate, bound)],
  ["BROTLI", new CompressedType(plain, brotli, bound)],
]);

const metrics = [
  { name: "size", unit: "bytes", more: false },
  { name: "written", unit: "µs of CPU time", more: false },
  { name: "read", unit: "µs of CPU time", more: false },
] as const;

/** What a game might tell of its players, so many characters of it. */
function json(length: number): string {
  const things = ["sword", "shield", "potion", "arrow", "helmet", "gold", "silver", "iron"];
  let state = 7;
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % bound;
  };
  let text = "[";
  while (text.length < length)
    text += `${JSON.stringify({ id: below(1_000_000), name: `${things[below(8)]} of ${things[below(8)]}`, count: below(100), price: below(10_000) / 100, owner: `player-${below(10_000)}` })},`;
  return text.slice(0, length);
}

const writer = new Writer(300_000);

function write(type: TravellingType, message: unknown): Uint8Array {
  writer.reset();
  type.write(writer, message);
  type.pack?.(writer, 0);
  return writer.view();
}

/** CPU time of one call, over so long a time. */
function cpuTime(milliseconds: number, call: () => void): number {
  const end = performance.now() + milliseconds;
  const before = process.cpuUsage();
  let count = 0;
  for (; performance.now() < end; count++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

export async function run({ rounds, quick }: BenchOptions): Promise<Report> {
  const rows = new Map([1_024, 10_240, 65_536, 262_100].map((length) => [`${length} characters`, { text: json(length) }]));
  const milliseconds = quick ? 100 : 300;
  const sample = (row: string, form: string): readonly number[] => {
    const type = types.get(form)!;
    const message = rows.get(row)!;
    const bytes = write(type, message).slice();
    return [
      bytes.length,
      cpuTime(milliseconds, () => write(type, message)),
      cpuTime(milliseconds, () => decodeRest(type, new Reader(bytes), 100_000)),
    ];
  };
  return { subject: undefined, rows: await measureRows([...rows.keys()], [...types.keys()], metrics, rounds, sample), notes: [] };
}
