import type { Diagnostics } from "../diagnostics.ts";
import type { EnumNode, EnumValueNode, FieldNode, FileNode, MessageNode, MethodNode, Name, OneofNode, ServiceNode } from "../syntax/ast.ts";

/** Anything that has a full name. */
export type DeclarationNode = MessageNode | EnumNode | EnumValueNode | FieldNode | OneofNode | ServiceNode | MethodNode;

/** What a full name stands for: one declaration, or a package with all the files that have declarations in it. */
export type Declared =
  | { readonly node: DeclarationNode; readonly file: FileNode }
  | { readonly node: undefined; readonly file: FileNode; readonly files: Set<FileNode> };

type Members = Map<string, DeclarationNode>;

/**
 * All full names of a schema, over all of its files. Packages, types and what stands at the top of a file are in one map; fields, oneofs,
 * nested values and commands, which are many and seldom asked for, are in one map of short names for each message or service.
 */
export class SymbolTable {
  readonly #names = new Map<string, Declared>();
  readonly #members = new Map<MessageNode | ServiceNode, Members>();
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** The package, message or enum of that name; of other declarations only those at the top of a file. */
  getType(fullName: string): Declared | undefined {
    return this.#names.get(fullName);
  }

  get(fullName: string): Declared | undefined {
    const found = this.#names.get(fullName);
    const dot = fullName.lastIndexOf(".");
    if (found || dot < 0) return found;
    const owner = this.#names.get(fullName.slice(0, dot));
    if (owner?.node?.kind !== "message" && owner?.node?.kind !== "service") return undefined;
    const node = this.#members.get(owner.node)?.get(fullName.slice(dot + 1));
    return node && { node, file: owner.file };
  }

  /** The field of that name (not an extension declared inside the message). */
  field(message: MessageNode, name: string): FieldNode | undefined {
    const node = this.#members.get(message)?.get(name);
    return node?.kind === "field" && node.extendee === undefined ? node : undefined;
  }

  /** Enters every declaration of a file, and sets their `fullName`. */
  enterFile(file: FileNode): void {
    const scope = file.package ? `${file.package.text}.` : "";
    if (file.package) this.#enterPackage(file, file.package);
    for (const message of file.messages) this.#enterMessage(file, scope, message);
    for (const node of file.enums) this.#enterEnum(file, scope, node, undefined);
    for (const extension of file.extensions) this.#enter(file, scope, extension);
    for (const service of file.services) this.#enterService(file, scope, service);
  }

  #enterMessage(file: FileNode, scope: string, message: MessageNode): void {
    this.#enter(file, scope, message);
    const inner = `${message.fullName}.`;
    const members: Members = new Map();
    this.#members.set(message, members);
    const addAll = (nodes: readonly DeclarationNode[]): void => {
      for (const node of nodes) this.#addMember(file, inner, node, members);
    };
    addAll(message.fields);
    addAll(message.oneofs);
    addAll(message.messages);
    addAll(message.enums);
    addAll(message.extensions);
    for (const nested of message.enums) this.#enterEnum(file, inner, nested, members);
    for (const nested of message.messages) this.#enterMessage(file, inner, nested);
  }

  #enterService(file: FileNode, scope: string, service: ServiceNode): void {
    this.#enter(file, scope, service);
    const members: Members = new Map();
    this.#members.set(service, members);
    for (const method of service.methods) this.#addMember(file, `${service.fullName}.`, method, members);
  }

  /** The values of an enum are its siblings, as in C++. */
  #enterEnum(file: FileNode, scope: string, node: EnumNode, members: Members | undefined): void {
    this.#enter(file, scope, node);
    for (const value of node.values) {
      if (members) this.#addMember(file, scope, value, members);
      else this.#enter(file, scope, value);
    }
  }

  #addMember(file: FileNode, scope: string, node: DeclarationNode, members: Members): void {
    const { text } = node.name;
    node.fullName = scope + text;
    const before = members.get(text);
    if (before === undefined) members.set(text, node);
    else this.#duplicate(file, node.name, node.fullName, { node: before, file }, node.kind === "enum value");
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
