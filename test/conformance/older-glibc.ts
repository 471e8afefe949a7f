/**
 * Makes a program that was linked on a newer Linux run on an older one. The loader refuses a program that names versions of a library which are
 * not there, even when it needs next to nothing of them. Google's runner names GLIBC_2.38 for four functions, C23's `strtol` and its like, and
 * GLIBCXX_3.4.32 for a symbol that is never called. So it is told to need older versions, and the four symbols get their older names: the
 * standard changed only how they read binary literals.
 *
 * Source: System V ABI, "Dynamic Linking"; Linux Standard Base, "Symbol Versioning". 64-bit little-endian ELF only.
 */

const olderVersions: ReadonlyMap<string, string> = new Map([
  ["GLIBC_2.38", "GLIBC_2.2.5"],
  ["GLIBCXX_3.4.32", "GLIBCXX_3.4"],
]);
const newerPrefix = "__isoc23_";

const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
/** Bytes of an entry of the table of sections, and of the symbol table. */
const sectionBytes = 64;
const symbolBytes = 24;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Where its names are. */
  readonly names: number;
}

/** Changes a program, in place, to run with glibc from 2.34 on. Throws where it is not a program of the kind described above. */
export function allowOlderGlibc(program: Buffer): void {
  for (const versions of versionNeeds(program, sectionOf(program, SHT_GNU_VERNEED))) takeOlderVersions(program, versions);
  renameNewerSymbols(program, sectionOf(program, SHT_DYNSYM));
}

function sectionOf(program: Buffer, type: number): Section {
  const start = Number(program.readBigUInt64LE(40));
  const all = Array.from({ length: program.readUInt16LE(60) }, (_, index) => {
    const at = start + index * sectionBytes;
    return {
      type: program.readUInt32LE(at + 4),
      offset: Number(program.readBigUInt64LE(at + 24)),
      size: Number(program.readBigUInt64LE(at + 32)),
      link: program.readUInt32LE(at + 40),
    };
  });
  const section = all.find((section) => section.type === type);
  if (section === undefined) throw new Error(`the program has no section of type 0x${type.toString(16)}`);
  return { ...section, names: all[section.link]!.offset };
}

/** For each library, where the program states which of its versions it needs, by their names. */
function versionNeeds(program: Buffer, needs: Section): Map<string, number>[] {
  const libraries: Map<string, number>[] = [];
  for (let library = needs.offset, next = 1; next !== 0; library += next) {
    const versions = new Map<string, number>();
    let version = library + program.readUInt32LE(library + 8);
    for (let i = program.readUInt16LE(library + 2); i > 0; i--) {
      versions.set(nameAt(program, needs.names + program.readUInt32LE(version + 8)), version);
      version += program.readUInt32LE(version + 12);
    }
    libraries.push(versions);
    next = program.readUInt32LE(library + 12);
  }
  return libraries;
}

/** The hash and the name of the older version, under the number by which symbols refer to the newer one. */
function takeOlderVersions(program: Buffer, versions: ReadonlyMap<string, number>): void {
  for (const [newer, older] of olderVersions) {
    const to = versions.get(newer);
    const from = versions.get(older);
    if (to === undefined) continue;
    if (from === undefined) throw new Error(`the program needs ${newer} but not ${older}`);
    program.copy(program, to, from, from + 4);
    program.copy(program, to + 8, from + 8, from + 12);
  }
}

/** A name without its prefix is the rest of the same text: no name has to be written. */
function renameNewerSymbols(program: Buffer, { offset, size, names }: Section): void {
  for (let symbol = offset; symbol < offset + size; symbol += symbolBytes) {
    const name = program.readUInt32LE(symbol);
    if (nameAt(program, names + name).startsWith(newerPrefix)) program.writeUInt32LE(name + newerPrefix.length, symbol);
  }
}

function nameAt(program: Buffer, start: number): string {
  return program.toString("latin1", start, program.indexOf(0, start));
}
