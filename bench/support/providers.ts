import { nativeCrypto } from "../../runtime/crypto/native.ts";
import { portableCrypto } from "../../runtime/crypto/portable.ts";
import type { CryptoProvider } from "../../runtime/crypto/provider.ts";
import { isSodiumInstalled } from "../../runtime/crypto/sodium.ts";
import type { BenchOptions } from "./options.ts";
import type { Report } from "./report.ts";
import { measureRows } from "./rounds.ts";
import { microseconds, type Timed } from "./timing.ts";

/** Prepares one row for a provider; what it returns is measured. */
export type Prepare = (crypto: CryptoProvider) => () => Timed;

/** Measures rows with every provider of cryptography that is there, in µs a call. */
export async function measureProviders(rows: readonly (readonly [string, Prepare])[], { rounds, quick }: BenchOptions): Promise<Report> {
  const providers = [portableCrypto(), nativeCrypto({ sodium: false })];
  if (isSodiumInstalled()) providers.push(nativeCrypto({ sodium: true }));
  const runs = new Map(providers.map((crypto) => [crypto.name, new Map(rows.map(([row, prepare]) => [row, prepare(crypto)]))]));
  const names = rows.map(([row]) => row);
  const sample = (milliseconds: number) => (row: string, name: string) => [microseconds(milliseconds, runs.get(name)!.get(row)!)];
  const metrics = [{ name: "", unit: "µs a call", more: false }];
  await measureRows(names, [...runs.keys()], metrics, 1, sample(20));
  const measured = await measureRows(names, [...runs.keys()], metrics, rounds, sample(quick ? 40 : 100));
  return { subject: undefined, rows: measured, notes: [] };
}
