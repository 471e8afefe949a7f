import type { Diagnostics } from "../diagnostics.ts";
import type { FileNode, ImportNode } from "../syntax/ast.ts";

/** Every import once, and no file by way of its imports itself. Each cycle is reported at the import that closes it. */
export function checkImports(files: ReadonlyMap<string, FileNode>, diagnostics: Diagnostics): void {
  const done = new Set<FileNode>();
  for (const file of files.values()) {
    checkTwice(file, diagnostics);
    if (!done.has(file)) findCycles(file, files, done, diagnostics);
  }
}

function checkTwice(file: FileNode, diagnostics: Diagnostics): void {
  const seen = new Set<string>();
  for (const { file: name, at } of file.imports) {
    if (seen.has(name)) diagnostics.add(file.source, at, "IMPORT_TWICE", `${name} is imported twice`, "remove one of the two imports");
    seen.add(name);
  }
}

interface Step {
  readonly file: FileNode;
  next: number;
}

/** Depth first with a stack of its own, since a chain of imports can be longer than the call stack. */
function findCycles(start: FileNode, files: ReadonlyMap<string, FileNode>, done: Set<FileNode>, diagnostics: Diagnostics): void {
  const path: Step[] = [{ file: start, next: 0 }];
  const onPath = new Set([start]);
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const imported = step.file.imports[step.next++];
    if (imported === undefined) {
      path.pop();
      onPath.delete(step.file);
      done.add(step.file);
      continue;
    }
    const target = files.get(imported.file);
    if (target === undefined || done.has(target)) continue;
    if (onPath.has(target)) reportCycle(path, target, step.file, imported, diagnostics);
    else {
      path.push({ file: target, next: 0 });
      onPath.add(target);
    }
  }
}

function reportCycle(path: readonly Step[], target: FileNode, file: FileNode, { at }: ImportNode, diagnostics: Diagnostics): void {
  const cycle = path.slice(path.findIndex((step) => step.file === target)).map((step) => step.file.source.name);
  const message = `the file imports itself: ${[...cycle, target.source.name].join(" → ")}`;
  diagnostics.add(file.source, at, "IMPORT_CYCLE", message, "move what both need to a file of its own");
}
