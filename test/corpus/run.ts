// npm run corpus: generates code for all of Google's public schemas, and type-checks it.
// npm run corpus -- --sample N [--seed S]: the same for N of them, chosen at random, and for their JSON; prints them, and reads that back.
import { parseArgs } from "node:util";
import { SimRandom } from "../sim/random.ts";
import { assertReadsBack } from "../support/printed.ts";
import { describeLeftOut, leftOut } from "./left-out.ts";
import { generate, generated, install, read, schemaFiles, typeCheck } from "./project.ts";

/** What generating all of them may take: seconds of the processor, MiB of memory, decimal MB of code. */
const limits = { cpuSeconds: 60, memoryMiB: 2048, megabytes: 160 };

const { values } = parseArgs({ options: { sample: { type: "string" }, seed: { type: "string" } } });

install();
const all = schemaFiles();
const files = all.filter((file) => !leftOut.includes(file));
if (all.length - files.length !== leftOut.length) throw new Error("a file that is left out is not in the package");
process.exitCode = (values.sample === undefined ? runAll() : runSample(Number(values.sample))) ? 0 : 1;

function runAll(): boolean {
  console.log(`${files.length} of ${all.length} files\n${describeLeftOut()}`);
  const { seconds, cpuSeconds, memoryMiB } = generate(files, { json: false });
  const { files: count, bytes } = generated();
  const megabytes = bytes / 1e6;
  console.log(`zgen generate: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of the processor, ${Math.round(memoryMiB)} MiB`);
  console.log(`${count} files of code, ${Math.round(megabytes)} MB`);
  console.log(`type-checked in ${typeCheck().toFixed(1)} s`);
  const taken = { cpuSeconds, memoryMiB, megabytes };
  const over = Object.entries(limits).filter(([name, limit]) => taken[name as keyof typeof taken] > limit);
  for (const [name, limit] of over) console.error(`${name}: ${Math.round(taken[name as keyof typeof taken])} is over ${limit}`);
  return over.length === 0;
}

function runSample(size: number): boolean {
  if (!(Number.isInteger(size) && size > 0)) throw new Error("--sample takes a number of files");
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  console.log(`seed ${seed}`);
  const chosen = choose(size, new SimRandom(seed));
  const { seconds, memoryMiB } = generate(chosen, { json: true });
  const { files: count, bytes } = generated();
  console.log(
    `${size} files: zgen generate ${seconds.toFixed(1)} s, ${Math.round(memoryMiB)} MiB, ${count} files of code, ${Math.round(bytes / 1e6)} MB`,
  );
  console.log(`type-checked in ${typeCheck().toFixed(1)} s`);
  const model = read(chosen);
  assertReadsBack(model, "the sample");
  console.log(`printed and read back as the same model: ${model.files.length} files`);
  return true;
}

function choose(size: number, random: SimRandom): string[] {
  const rest = [...files];
  return Array.from({ length: Math.min(size, rest.length) }, () => rest.splice(random.below(rest.length), 1)[0]!);
}
