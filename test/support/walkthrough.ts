import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../codegen/cli/main.ts";

/** What a page has its reader do. */
export type Step =
  | { readonly kind: "file"; readonly file: string; readonly text: string }
  /** Lines of a diff without its head. */
  | { readonly kind: "edit"; readonly file: string; readonly lines: readonly string[] }
  | { readonly kind: "run"; readonly command: string; readonly says: string };

/** The steps of a page: blocks below `<!-- file: NAME -->` and `<!-- edit: NAME -->`, and commands of console blocks, which begin with `$ `. */
export function stepsOf(page: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [, kind, file = "", language, text = ""] of page.matchAll(/(?:<!-- (file|edit): (\S+) -->\n)?```(\w*)\n([\s\S]*?)```/g)) {
    if (kind === "file") steps.push({ kind, file, text });
    else if (kind === "edit") steps.push({ kind, file, lines: text.trimEnd().split("\n") });
    else if (language === "console") steps.push(...commandsOf(text));
  }
  return steps;
}

function commandsOf(text: string): readonly Step[] {
  const commands = text.split(/^\$ /m).slice(1);
  return commands.map((each) => {
    const [command = "", ...says] = each.trimEnd().split("\n");
    return { kind: "run", command, says: says.join("\n") };
  });
}

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A folder in which a page's steps are followed, with what this repository has installed. */
export class Walk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    symlinkSync(path.join(repository, "node_modules"), path.join(folder, "node_modules"), "dir");
    writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  }

  /** Does what a step says; what it printed, if it is a command. */
  async follow(step: Step): Promise<string> {
    if (step.kind === "run") return this.#run(step.command);
    const file = path.join(this.#folder, step.file);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, step.kind === "file" ? step.text : edited(readFileSync(file, "utf8"), step.lines));
    return "";
  }

  async #run(command: string): Promise<string> {
    const [npx, program, ...args] = command.split(" ");
    if (npx === "npx" && program === "zgen") return this.#zgen(args);
    if (npx === "npx" && program === "tsx") return this.#node(["--import", "tsx", "--conditions=source", ...args]);
    throw new Error(`A walk runs zgen and tsx, not ${command}`);
  }

  async #zgen(args: readonly string[]): Promise<string> {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    await main(args, { cwd: this.#folder, out: say, err: say, input: async function* () {} });
    return said.join("\n");
  }

  /** What TypeScript says about the programs as they are now, under the repository's own flags; empty when it is content. */
  async typeErrors(): Promise<string> {
    const config = { extends: path.join(repository, "tsconfig.json"), include: ["**/*.ts"], exclude: ["node_modules"] };
    const typeRoots = [path.join(repository, "node_modules/@types")];
    writeFileSync(
      path.join(this.#folder, "tsconfig.json"),
      JSON.stringify({ ...config, compilerOptions: { typeRoots, isolatedDeclarations: false, declaration: false } }),
    );
    return this.#node([path.join(repository, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"]).catch(String);
  }

  #node(args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(process.execPath, args, { cwd: this.#folder, timeout: 60_000 }, (error, stdout, stderr) =>
        error === null ? resolve(stdout.trimEnd()) : reject(new Error(`${error.message}\n${stdout}${stderr}`)),
      );
    });
  }
}

/** A text with the lines of a diff applied, which have to stand in it once. */
function edited(text: string, lines: readonly string[]): string {
  const side = (without: string): string =>
    lines
      .filter((line) => !line.startsWith(without))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  const [before, after] = [side("+"), side("-")];
  if (text.split(before).length !== 2) throw new Error(`These lines are not there once:\n${before}\nin\n${text}`);
  return text.replace(before, () => after);
}
