/** The process of one contender: loads it, proves what it does, and measures what it is asked to. */
import { type Codec, type Contender, type MessageName, messageNames } from "./contender.ts";

export interface Task {
  readonly message: MessageName;
  readonly operation: "encode" | "decode";
  readonly milliseconds: number;
}

/** What a contender makes of each message. */
export interface Proof {
  readonly protobuf: boolean;
  /** Whether a string of invalid UTF-8 is refused. */
  readonly checksUtf8: boolean;
  /** The bytes in base64. */
  readonly messages: Readonly<Record<MessageName, { readonly bytes: string; readonly sum: number }>>;
}

/** So many bursts make a sample, which is the fastest of them: others that use the machine disturb the rest. */
const bursts = 5;
/** Operations between two looks at the clock. */
const batch = 64;

/** What was made last, so that nothing that is measured is without effect. */
export let sink: unknown;

/** Operations a second of CPU time, that of garbage collection included: what others take of the machine is not ours. */
function burst(operation: (turn: number) => unknown, milliseconds: number): number {
  const before = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let count = 0;
  do {
    for (let i = 0; i < batch; i++) sink = operation(count + i);
    count += batch;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (count / (user + system)) * 1_000_000;
}

function measure({ encode, decode }: Codec, { operation, milliseconds }: Task): number {
  const bytes = encode(0);
  const run = operation === "encode" ? encode : () => decode(bytes);
  return Math.max(...Array.from({ length: bursts }, () => burst(run, milliseconds / bursts)));
}

function prove({ protobuf, codecs }: Contender): Proof {
  const messages = messageNames.map((name) => {
    const bytes = codecs[name].encode(7);
    return [name, { bytes: Buffer.from(bytes).toString("base64"), sum: codecs[name].decode(bytes) }] as const;
  });
  return { protobuf, checksUtf8: checksUtf8(codecs.text), messages: Object.fromEntries(messages) as Proof["messages"] };
}

/** The review holds nothing but a text of a single continuation byte. */
function checksUtf8(codec: Codec): boolean {
  try {
    codec.decode(Uint8Array.of(0x22, 0x01, 0x80));
    return false;
  } catch {
    return true;
  }
}

async function main(module: string): Promise<void> {
  const { contender } = (await import(module)) as { contender: Contender };
  process.on("message", (task: Task) => process.send!(measure(contender.codecs[task.message], task)));
  process.send!(prove(contender));
}

await main(process.argv[2]!);
