import type { Option, OptionValue } from "../../model/schema.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { packagedFileOf } from "../link/packaged-names.ts";
import { isMiss, type Scope } from "../link/scope.ts";
import type { SymbolTable } from "../link/symbols.ts";
import type { Rule } from "../rules.ts";
import type { FieldNode, MessageNode, OptionNamePart, OptionNode } from "../syntax/ast.ts";
import { writeOneOf } from "./known-names.ts";
import { append, emptyMessage, isOptionMessage, noOptions, type OptionMessage, type ResolvedOptions } from "./resolved.ts";
import { type OptionTarget, optionTypes } from "./targets.ts";
import { ValueReader } from "./value.ts";

/** Resolves the names of options in scope and types their values by what the options declare. */
export class OptionInterpreter {
  readonly #scope: Scope;
  readonly #table: SymbolTable;
  readonly #diagnostics: Diagnostics;
  readonly #values: ValueReader;

  constructor(scope: Scope, table: SymbolTable, diagnostics: Diagnostics) {
    this.#scope = scope;
    this.#table = table;
    this.#diagnostics = diagnostics;
    this.#values = new ValueReader(scope, table, diagnostics);
  }

  /** The options of the element `from`, which is of the kind `target`. */
  interpret(nodes: readonly OptionNode[], target: OptionTarget, from: string): ResolvedOptions {
    if (nodes.length === 0) return noOptions;
    const message = this.#table.get(optionTypes[target])?.node;
    this.#values.target = target;
    if (message?.kind !== "message") return noOptions;
    const list: Option[] = [];
    const values = emptyMessage();
    for (const node of nodes) this.#interpretOne(node, message, from, list, values);
    return { list, values };
  }

  #interpretOne(node: OptionNode, root: MessageNode, from: string, list: Option[], values: OptionMessage): void {
    const path: FieldNode[] = [];
    let message = root;
    for (const part of node.name) {
      const field = this.#part(message, part, from);
      if (field === undefined || !this.#values.checkPlace(field, part.at)) return;
      path.push(field);
      if (path.length === node.name.length) break;
      const target = field.type.target;
      if (target?.kind !== "message" || field.label === "repeated" || field.mapKey) {
        if (target || !field.type.text.includes("."))
          this.#report(part.at, "OPTION_VALUE", `${part.text} is not a singular message, so it has no part to set`, "set it as a whole");
        return;
      }
      message = target;
    }
    const field = path.at(-1)!;
    const value = this.#values.read(field, node.value, false);
    if (value === undefined || !this.#store(path, value, values, node)) return;
    list.push({ name: path.map(optionName).join("."), value, position: this.#scope.file.source.position(node.at) });
  }

  #part(message: MessageNode, part: OptionNamePart, from: string): FieldNode | undefined {
    if (!part.extension) {
      const field = this.#table.field(message, part.text);
      if (field && part.text !== "uninterpreted_option") return field;
      this.#report(
        part.at,
        "OPTION_UNKNOWN",
        `there is no option ${part.text} here`,
        message.fullName.startsWith("google.protobuf.")
          ? `custom options are written in parentheses: (${part.text})`
          : (writeOneOf(message.fields.map(({ name }) => name.text)) ?? "check the spelling"),
      );
      return undefined;
    }
    const found = this.#scope.find(part.text, from, false);
    if (isMiss(found)) {
      const file = found.notImported?.file.source.name ?? packagedFileOf(part.text);
      this.#report(
        part.at,
        "OPTION_UNKNOWN",
        `the option (${part.text}) is not declared`,
        file ? `add import "${file}";` : "check the spelling, and import the file that declares it",
      );
    } else if (found.node?.kind === "field" && found.node.extendee?.target === message) {
      return found.node;
    } else {
      this.#report(
        part.at,
        "OPTION_UNKNOWN",
        `(${part.text}) does not extend ${message.fullName}`,
        "use an option for this kind of element",
      );
    }
    return undefined;
  }

  /** Merges the value into the tree of all options; false when a singular one is there already. */
  #store(path: readonly FieldNode[], value: OptionValue, values: OptionMessage, node: OptionNode): boolean {
    let container = values;
    for (const field of path.slice(0, -1)) {
      container[key(field)] ??= emptyMessage();
      const inner = container[key(field)];
      if (!isOptionMessage(inner)) return false;
      container = inner;
    }
    const field = path.at(-1)!;
    const name = key(field);
    if (field.label === "repeated" || field.mapKey) {
      append(container, name, value);
    } else if (name in container) {
      this.#report(node.at, "OPTION_SET_TWICE", `the option ${path.map(optionName).join(".")} is set twice`, "keep one of the values");
      return false;
    } else {
      container[name] = copy(value);
    }
    return true;
  }

  #report(at: number, rule: Rule, message: string, remedy: string): void {
    this.#diagnostics.add(this.#scope.file.source, at, rule, message, remedy);
  }
}

/** Later options may add to a message that this one sets, and must not change its value as written. */
function copy(value: OptionValue): OptionValue {
  if (!isOptionMessage(value)) return value;
  const result = emptyMessage();
  for (const [name, inner] of Object.entries(value)) result[name] = copy(inner);
  return result;
}

function key(field: FieldNode): string {
  return field.extendee ? `[${field.fullName}]` : field.name.text;
}

function optionName(field: FieldNode): string {
  return field.extendee ? `(${field.fullName})` : field.name.text;
}
