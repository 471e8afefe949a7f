/** Emitted code in a folder of its own outside the repository, where it can be imported and type-checked. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EmittedFile } from "../../../codegen/emit/emit.ts";
import type { MessageType } from "../../../runtime/schema/message-type.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** What handlers refer to: the emitter promises these names, not what is behind them. */
const publicTypes = `export interface Context<Data> { readonly data: Data }
export interface DeferredContext<Data, Reply> { readonly data: Data; defer(): DeferredReply<Reply> }
export interface DeferredReply<Reply> { reply(reply: Reply): void }
`;

export class Workshop {
  readonly folder: string = mkdtempSync(join(tmpdir(), "zgen-emit-"));

  constructor() {
    symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"), "dir");
    this.#write("package.json", `{ "type": "module" }`);
    this.#write("public.d.ts", publicTypes);
  }

  /** Writes emitted files below `name`. */
  add(name: string, files: readonly EmittedFile[]): void {
    for (const { path, text } of files) this.#write(join(name, path), text);
  }

  #write(path: string, text: string): void {
    const target = join(this.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** The exports of a written module. */
  async import(path: string): Promise<Exports> {
    return (await import(pathToFileURL(join(this.folder, path)).href)) as Exports;
  }

  /** What TypeScript says about everything here, under the repository's own flags; empty when it is content. */
  typeErrors(flags: object = {}): string {
    const compilerOptions = {
      paths: { zserver: ["./public.d.ts"] },
      typeRoots: [join(repository, "node_modules/@types")],
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      ...flags,
    };
    const config = { extends: join(repository, "tsconfig.json"), compilerOptions, include: ["**/*.ts"], exclude: ["node_modules"] };
    this.#write("tsconfig.json", JSON.stringify(config));
    const tsc = join(repository, "node_modules/typescript/bin/tsc");
    try {
      execFileSync(process.execPath, [tsc, "-p", join(this.folder, "tsconfig.json")], { encoding: "utf8", stdio: "pipe" });
      return "";
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export type Exports = Readonly<Record<string, MessageType<Decoded, never>>>;
export type Decoded = Readonly<Record<string, unknown>>;
