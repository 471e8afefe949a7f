import type { Import } from "./imports.ts";

/** The floors of the runtime, as docs/ARCHITECTURE.md draws them. The first prefix that fits decides. */
const floors: readonly (readonly [prefix: string, floor: number])[] = [
  ["runtime/server.ts", 6],
  ["runtime/server/", 6],
  ["runtime/client.ts", 6],
  ["runtime/client/", 6],
  ["runtime/session-factory.ts", 6],
  ["runtime/common-options.ts", 6],
  ["runtime/version.ts", 1],
  ["runtime/codec.ts", 2],
  ["runtime/json.ts", 2],
  ["runtime/blob.ts", 2],
  ["runtime/blob/", 2],
  ["generated/", 2],
  ["runtime/bytes/", 1],
  ["runtime/schema/compatibility/", 2],
  ["runtime/schema/", 1],
  ["runtime/crypto/", 1],
  ["runtime/transport/", 1],
  ["runtime/errors/", 1],
  ["runtime/time/", 1],
  ["runtime/channel/", 3],
  ["runtime/session/", 4],
  ["runtime/discovery/", 4],
  ["runtime/command/", 5],
  ["runtime/staging/", 6],
  ["runtime/files/", 6],
];

/** Entries stand on everything. */
const TOP = 7;

/** The rooms of zgen, and which of the others each may enter. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  model: [],
  read: ["model"],
  describe: ["model"],
  emit: ["model", "describe"],
  print: ["model"],
  lint: ["model"],
  evolve: ["model", "describe"],
  call: ["model", "emit"],
  docs: ["model", "emit", "evolve"],
  package: ["model", "emit", "docs"],
  stubs: ["model", "emit"],
  cli: ["model", "read", "describe", "emit", "lint", "evolve", "print", "docs", "package", "stubs", "call"],
};

/** Why an import goes against the house's direction; undefined when it does not. */
export function explainImport({ from, to, typeOnly }: Import): string | undefined {
  if (from.startsWith("runtime/") && to.startsWith("codegen/")) return "the runtime needs nothing of build time";
  if (from.startsWith("codegen/")) return explainCodegenImport(from, to);
  if (!to.startsWith("runtime/") && !to.startsWith("generated/")) return undefined;
  const below = floorOf(from);
  const above = floorOf(to);
  if (above <= below || (typeOnly && to.startsWith("generated/"))) return undefined;
  return `floor ${below} reaches up to floor ${above}`;
}

function floorOf(name: string): number {
  const known = floors.find(([prefix]) => name.startsWith(prefix));
  if (known !== undefined) return known[1];
  if (/^runtime\/[^/]+\.ts$/.test(name)) return TOP;
  throw new Error(`${name} has no floor: give its folder one in test/support/architecture/floors.ts and docs/ARCHITECTURE.md`);
}

function explainCodegenImport(from: string, to: string): string | undefined {
  const room = from.split("/")[1] ?? "";
  const other = to.split("/")[1] ?? "";
  if (!to.startsWith("codegen/") || room === other || room.endsWith(".ts")) return undefined;
  const allowed = rooms[room];
  if (allowed === undefined) throw new Error(`codegen/${room} is not on the map in test/support/architecture/floors.ts`);
  return allowed.includes(other) ? undefined : `${room}/ must not use ${other}/`;
}
