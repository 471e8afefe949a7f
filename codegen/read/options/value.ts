import type { OptionValue } from "../../model/schema.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { isMiss, type Scope } from "../link/scope.ts";
import type { SymbolTable } from "../link/symbols.ts";
import type { Rule } from "../rules.ts";
import type { EnumNode, FieldNode, MessageNode, ValueFieldNode, ValueNode } from "../syntax/ast.ts";
import { scalarTypes } from "../syntax/scalar.ts";
import { writeOneOf } from "./known-names.ts";
import { append, emptyMessage, type OptionMessage } from "./resolved.ts";
import { scalarValue } from "./scalar.ts";
import { laterEdition, type OptionTarget, targetAllowed } from "./targets.ts";

type MessageValue = Extract<ValueNode, { readonly kind: "message" }>;

/** Where protoc believes an Any's type to be described. */
const anyPrefixes: ReadonlySet<string> = new Set(["type.googleapis.com/", "type.googleprod.com/"]);

/** Types the values of options: checks each against its field's declaration, messages in text format included. Undefined: reported. */
export class ValueReader {
  /** On what kind of element the options stand that are read now. */
  target: OptionTarget = "FILE";
  readonly #scope: Scope;
  readonly #table: SymbolTable;
  readonly #diagnostics: Diagnostics;

  constructor(scope: Scope, table: SymbolTable, diagnostics: Diagnostics) {
    this.#scope = scope;
    this.#table = table;
    this.#diagnostics = diagnostics;
  }

  /**
   * Whether the option, or the part of one, may stand on {@link target} in this file; if not, that is reported.
   */
  checkPlace(field: FieldNode, at: number): boolean {
    const { syntax } = this.#scope.file;
    const isFeature = field.extendee === undefined && field.type.target?.fullName === "google.protobuf.FeatureSet";
    const later = laterEdition(field);
    if (isFeature && syntax !== "2023") {
      this.#report(at, "FEATURE_MISFIT", `${syntax} has no features`, 'remove it, or begin the file with edition = "2023";');
    } else if (!targetAllowed(field, this.target)) {
      const element = this.target.toLowerCase().replace("_", " ");
      this.#report(at, "FEATURE_MISFIT", `${field.name.text} cannot be set on a ${element}`, "set it where its declaration allows it");
    } else if (later) {
      this.#report(at, "FEATURE_MISFIT", `${field.name.text} came with ${later}`, "remove it");
    } else return true;
    return false;
  }

  /** One value of a field; of a repeated one, one entry. `text`: inside a message in text format. */
  read(field: FieldNode, node: ValueNode, text: boolean): OptionValue | undefined {
    if (field.mapKey) return this.#mapEntry(field, node);
    const scalar = scalarTypes.get(field.type.text);
    if (scalar === undefined) return this.#declared(field, node, text);
    const result = scalarValue(scalar, node, text);
    return "value" in result ? result.value : this.#mismatch(field, node, result.expected);
  }

  #declared(field: FieldNode, node: ValueNode, text: boolean): OptionValue | undefined {
    const { target } = field.type;
    if (target === undefined) return undefined;
    if (target.kind === "enum") return this.#enumValue(field, target, node, text);
    if (node.kind !== "message") return this.#mismatch(field, node, `a message in braces, { … }, of type ${target.fullName}`);
    return this.#message(target, node);
  }

  /** A value by its name; in text format by its number too, which an open enum need not know. */
  #enumValue(field: FieldNode, target: EnumNode, node: ValueNode, text: boolean): OptionValue | undefined {
    // The value 0 of each feature stands for an edition that this one does not know.
    const allowed = target.values.filter(({ number }) => number !== 0 || !target.fullName.startsWith("google.protobuf.FeatureSet."));
    if (node.kind === "identifier" && !node.negative) {
      const found = allowed.find(({ name }) => name.text === node.text);
      if (found) return found.name.text;
    } else if (text && node.kind === "integer") {
      const found = target.values.find(({ number }) => BigInt(number) === node.value);
      if (found) return found.name.text;
      if (node.value === BigInt.asIntN(32, node.value) && !this.#isClosed(target)) return Number(node.value);
    }
    return this.#mismatch(field, node, `a value of ${target.fullName}`, writeOneOf(allowed.map(({ name }) => name.text)));
  }

  /** Read from the syntax tree, since features are not resolved before all options are. */
  #isClosed(node: EnumNode): boolean {
    const file = this.#table.getType(node.fullName)?.file;
    if (file?.syntax !== "2023") return file?.syntax === "proto2";
    const written = [...node.options, ...file.options].find(
      ({ name }) => name.length === 2 && name[0]!.text === "features" && name[1]!.text === "enum_type",
    );
    return written?.value.kind === "identifier" && written.value.text === "CLOSED";
  }

  #message(message: MessageNode, node: MessageValue): OptionMessage {
    const result = emptyMessage();
    for (const entry of node.fields) {
      if (entry.bracketed && entry.name.text.includes("/")) this.#any(message, entry, result);
      else {
        const field = entry.bracketed ? this.#extension(message, entry) : this.#messageField(message, entry);
        if (field && this.checkPlace(field, entry.name.at))
          this.#setField(field, entry, entry.bracketed ? `[${field.fullName}]` : field.name.text, result);
      }
    }
    const lacking = message.fields.find((field) => field.label === "required" && !(field.name.text in result));
    if (lacking) this.#report(node.at, "OPTION_VALUE", `${message.fullName} lacks its required field ${lacking.name.text}`, "set it");
    return result;
  }

  #setField(field: FieldNode, entry: ValueFieldNode, key: string, result: OptionMessage): void {
    const repeated = field.label === "repeated" || field.mapKey !== undefined;
    if (!repeated && (key in result || field.oneof?.fields.some((other) => other.name.text in result))) {
      this.#report(
        entry.name.at,
        "OPTION_SET_TWICE",
        `${entry.name.text} is set twice`,
        "keep one of the values, and one field of a oneof",
      );
      return;
    }
    if (!repeated) {
      const value =
        entry.value.kind === "list" ? this.#mismatch(field, entry.value, "one value, not a list") : this.read(field, entry.value, true);
      if (value !== undefined) result[key] = value;
      return;
    }
    result[key] ??= [];
    for (const item of entry.value.kind === "list" ? entry.value.items : [entry.value]) {
      const value = this.read(field, item, true);
      if (value !== undefined) append(result, key, value);
    }
  }

  /** A field by its name; a group's by its message's name too. */
  #messageField(message: MessageNode, { name }: ValueFieldNode): FieldNode | undefined {
    const field = this.#table.field(message, name.text) ?? message.fields.find((candidate) => candidate.group?.name.text === name.text);
    if (field === undefined) this.#unknownField(message, name.text, name.at);
    return field;
  }

  #extension(message: MessageNode, { name }: ValueFieldNode): FieldNode | undefined {
    const found = this.#scope.find(name.text, message.fullName, false);
    const node = isMiss(found) ? undefined : found.node;
    if (node?.kind === "field" && node.extendee?.target === message) return node;
    this.#unknownField(message, `[${name.text}]`, name.at);
    return undefined;
  }

  #any(message: MessageNode, entry: ValueFieldNode, result: OptionMessage): void {
    const { text, at } = entry.name;
    const slash = text.indexOf("/") + 1;
    const found = anyPrefixes.has(text.slice(0, slash)) ? this.#scope.find(text.slice(slash), message.fullName, true) : undefined;
    const target = found === undefined || isMiss(found) ? undefined : found.node;
    if (message.fullName !== "google.protobuf.Any" || target?.kind !== "message" || entry.value.kind !== "message") {
      const remedy = "use it in a google.protobuf.Any, as type.googleapis.com/ and the name of an imported message, with a value in braces";
      this.#report(at, "OPTION_VALUE", `[${text}] does not name the type of an Any`, remedy);
      return;
    }
    result[`[${text}]`] = this.#message(target, entry.value);
  }

  /** In text format an entry of a map is a message with the fields `key` and `value`. */
  #mapEntry(field: FieldNode, node: ValueNode): OptionValue | undefined {
    if (node.kind !== "message") return this.#mismatch(field, node, "an entry, { key: … value: … }");
    const result = emptyMessage();
    for (const entry of node.fields) {
      const { text, at } = entry.name;
      if (entry.bracketed || (text !== "key" && text !== "value") || text in result) {
        this.#report(
          at,
          "OPTION_VALUE",
          `an entry of ${field.name.text} has one key and one value, not ${text}`,
          "write { key: … value: … }",
        );
        continue;
      }
      const part: FieldNode = { ...field, mapKey: undefined, type: text === "key" ? { ...field.mapKey!, target: undefined } : field.type };
      const value = this.read(part, entry.value, true);
      if (value !== undefined) result[text] = value;
    }
    return result;
  }

  #unknownField(message: MessageNode, name: string, at: number): void {
    const remedy = writeOneOf(message.fields.map((field) => field.name.text)) ?? "check the spelling and the imports";
    this.#report(at, "OPTION_UNKNOWN", `${message.fullName} has no field ${name}`, remedy);
  }

  #mismatch(field: FieldNode, node: ValueNode, expected: string, remedy = "write a value of that type"): undefined {
    this.#report(node.at, "OPTION_VALUE", `${field.name.text} takes ${expected}`, remedy);
  }

  #report(at: number, rule: Rule, message: string, remedy: string): void {
    this.#diagnostics.add(this.#scope.file.source, at, rule, message, remedy);
  }
}
