/** What every measurement may be told: `npm run bench -- NAME [--peers a,b] [--rounds n] [--json] [--quick]`. */
export interface BenchOptions {
  /** Compare with these only; undefined: with all that are installed. */
  readonly peers: readonly string[] | undefined;
  readonly rounds: number;
  /** Print JSON. */
  readonly json: boolean;
  /** Fewer and shorter rounds: the whole ends within 50 s. */
  readonly quick: boolean;
}

/** Throws TypeError for arguments that it does not know. */
export function readOptions(args: readonly string[]): BenchOptions {
  let peers: readonly string[] | undefined;
  let rounds: number | undefined;
  let [json, quick] = [false, false];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--json") json = true;
    else if (arg === "--quick") quick = true;
    else if (arg === "--peers") peers = (rest.shift() ?? "").split(",");
    else if (arg === "--rounds") rounds = Number(rest.shift());
    else throw new TypeError(`unknown argument ${arg}; known are --peers a,b, --rounds n, --json and --quick`);
  }
  rounds ??= quick ? 3 : 5;
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new TypeError("--rounds needs a whole number above 0");
  return { peers, rounds, json, quick };
}
