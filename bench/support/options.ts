/** What every measurement may be told: `npm run bench -- NAME [--peers a,b] [--rounds n] [--json] [--quick]`. */
export interface BenchOptions {
  /** Compare with these only; undefined: with all that are installed. */
  readonly peers: readonly string[] | undefined;
  readonly rounds: number;
  /** Print JSON. */
  readonly json: boolean;
  /** Fewer and shorter rounds: the whole ends within 50 s. */
  readonly quick: boolean;
  /** Of the sizes that the measurement has a name for, those that were given: `--sessions 60000`. */
  readonly sizes: Readonly<Record<string, number>>;
}

/**
 * Throws TypeError for arguments that it does not know.
 *
 * @param sizes names of whole numbers that this measurement may be told
 */
export function readOptions(args: readonly string[], sizes: readonly string[] = []): BenchOptions {
  let peers: readonly string[] | undefined;
  let rounds: number | undefined;
  let [json, quick] = [false, false];
  const given: Record<string, number> = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--json") json = true;
    else if (arg === "--quick") quick = true;
    else if (arg === "--peers") peers = (rest.shift() ?? "").split(",");
    else if (arg === "--rounds") rounds = count(arg, rest.shift());
    else if (sizes.some((size) => arg === `--${size}`)) given[arg.slice(2)] = count(arg, rest.shift());
    else
      throw new TypeError(
        `unknown argument ${arg}; known are --peers a,b, --rounds n, --json and --quick${sizes.map((size) => `, --${size} n`).join("")}`,
      );
  }
  return { peers, rounds: rounds ?? (quick ? 3 : 5), json, quick, sizes: given };
}

function count(name: string, value: string | undefined): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new TypeError(`${name} needs a whole number above 0`);
}
