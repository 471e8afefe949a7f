import type { FileNode } from "../syntax/ast.ts";

/** What each file may use without further imports: itself, its imports, and the public imports of those, at any depth. */
export function visibleFiles(files: ReadonlyMap<string, FileNode>): ReadonlyMap<FileNode, ReadonlySet<FileNode>> {
  const result = new Map<FileNode, ReadonlySet<FileNode>>();
  for (const file of files.values()) {
    const visible = new Set<FileNode>([file]);
    for (const { file: name } of file.imports) addPublic(name, files, visible);
    result.set(file, visible);
  }
  return result;
}

function addPublic(start: string, files: ReadonlyMap<string, FileNode>, visible: Set<FileNode>): void {
  const names = [start];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const file = files.get(name);
    if (file === undefined || visible.has(file)) continue;
    visible.add(file);
    for (const next of file.imports) if (next.public) names.push(next.file);
  }
}
