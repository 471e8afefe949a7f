// npm run soak -- --sessions N: opens, uses, cuts, resumes and closes N sessions, and fails when the process holds more at the end than at the start.
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const WARM_UP_SESSIONS = 1_000;
const SOCKETS_EVERY = 20;
const CONCURRENCY = 32;

const { values } = parseArgs({ options: { sessions: { type: "string", default: "200000" } } });
const sessions = Number(values.sessions);
if (!Number.isSafeInteger(sessions) || sessions < 1) throw new TypeError(`--sessions is a whole number from 1 on, not ${values.sessions}`);

const began = performance.now();
const { resumes, ends, leaks } = await soak({
  sessions,
  warmUp: Math.min(sessions, WARM_UP_SESSIONS),
  socketsEvery: SOCKETS_EVERY,
  concurrency: CONCURRENCY,
  print: (line) => console.log(line),
});
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(`${resumes} resumes; ended ${[...ends].map(([reason, count]) => `${reason} ${count}`).join(", ")}; ${seconds} s`);
for (const leak of leaks) console.log(`LEAK: ${leak}`);
console.log(leaks.length === 0 ? "nothing was left behind" : `${leaks.length} leaks`);
process.exitCode = leaks.length === 0 ? 0 : 1;
