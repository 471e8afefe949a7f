import type { Diagnostics } from "../diagnostics.ts";
import type { EnumNode, EnumValueNode, FieldNode, FileNode, MessageNode, MethodNode, Name, OneofNode, ServiceNode } from "../syntax/ast.ts";

/** Anything that has a full name. */
export type DeclarationNode = MessageNode | EnumNode | EnumValueNode | FieldNode | OneofNode | ServiceNode | MethodNode;

/** What a full name stands for: one declaration, or a package with all the files that have declarations in it. */
export type Declared =
  | { readonly node: DeclarationNode; readonly file: FileNode }
  | { readonly node: undefined; readonly file: FileNode; readonly files: Set<FileNode> };

/** All full names of a schema, over all of its files. */
export class SymbolTable {
  readonly #names = new Map<string, Declared>();
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  get(fullName: string): Declared | undefined {
    return this.#names.get(fullName);
  }

  /** Enters every declaration of a file, and sets their `fullName`. */
  enterFile(file: FileNode): void {
    const scope = file.package ? `${file.package.text}.` : "";
    if (file.package) this.#enterPackage(file, file.package);
    for (const message of file.messages) this.#enterMessage(file, scope, message);
    for (const node of file.enums) this.#enterEnum(file, scope, node);
    for (const extension of file.extensions) this.#enter(file, scope, extension);
    for (const service of file.services) {
      this.#enter(file, scope, service);
      for (const method of service.methods) this.#enter(file, `${service.fullName}.`, method);
    }
  }

  #enterMessage(file: FileNode, scope: string, message: MessageNode): void {
    this.#enter(file, scope, message);
    const inner = `${message.fullName}.`;
    for (const field of message.fields) this.#enter(file, inner, field);
    for (const oneof of message.oneofs) this.#enter(file, inner, oneof);
    for (const nested of message.messages) this.#enterMessage(file, inner, nested);
    for (const nested of message.enums) this.#enterEnum(file, inner, nested);
    for (const extension of message.extensions) this.#enter(file, inner, extension);
  }

  /** The values of an enum are its siblings, as in C++. */
  #enterEnum(file: FileNode, scope: string, node: EnumNode): void {
    this.#enter(file, scope, node);
    for (const value of node.values) this.#enter(file, scope, value);
  }

  #enter(file: FileNode, scope: string, node: DeclarationNode): void {
    node.fullName = scope + node.name.text;
    const before = this.#names.get(node.fullName);
    if (before === undefined) this.#names.set(node.fullName, { node, file });
    else this.#duplicate(file, node.name, node.fullName, before, node.kind === "enum value");
  }

  #enterPackage(file: FileNode, name: Name): void {
    for (let end = name.text.indexOf("."); ; end = name.text.indexOf(".", end + 1)) {
      const prefix = end < 0 ? name.text : name.text.slice(0, end);
      const before = this.#names.get(prefix);
      if (before === undefined) this.#names.set(prefix, { node: undefined, file, files: new Set([file]) });
      else if (before.node === undefined) before.files.add(file);
      else this.#duplicate(file, name, prefix, before, false);
      if (end < 0) return;
    }
  }

  #duplicate(file: FileNode, name: Name, fullName: string, before: Declared, enumValue: boolean): void {
    const hint = enumValue ? "the values of an enum share the scope around it, so give this one a prefix" : "rename one of the two";
    this.#diagnostics.add(file.source, name.at, "DUPLICATE_NAME", `${fullName} is already declared ${where(before)}`, hint);
  }
}

/** `a message`, `an enum`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function where({ node, file }: Declared): string {
  if (node === undefined) return `as a package, in ${file.source.name}`;
  const { line, column } = file.source.position(node.name.at);
  return `as ${withArticle(node.kind)}, at ${file.source.name}:${line}:${column}`;
}
