import type { Diagnostics } from "../diagnostics.ts";
import type { Rule } from "../rules.ts";
import type { FieldNode, FileNode, MessageNode, TypeName } from "../syntax/ast.ts";
import { scalarTypes } from "../syntax/scalar.ts";
import { packagedFileOf } from "./packaged-names.ts";
import { isMiss, type Miss, type Scope } from "./scope.ts";
import { withArticle } from "./symbols.ts";

/** Resolves the names of types of one file: of fields, of what extensions extend, and of what commands take and return. */
export class TypeLinker {
  readonly #scope: Scope;
  readonly #file: FileNode;
  readonly #diagnostics: Diagnostics;
  /** The last one linked: all fields of one `extend` block share it. */
  #extendee: TypeName | undefined;

  constructor(scope: Scope, diagnostics: Diagnostics) {
    this.#scope = scope;
    this.#file = scope.file;
    this.#diagnostics = diagnostics;
  }

  linkFile(): void {
    for (const message of this.#file.messages) this.#linkMessage(message);
    for (const extension of this.#file.extensions) this.#linkField(extension);
    for (const service of this.#file.services) {
      for (const method of service.methods) {
        this.#link(method.request, method.fullName, "message");
        this.#link(method.response, method.fullName, "message");
      }
    }
  }

  #linkMessage(message: MessageNode): void {
    for (const field of message.fields) this.#linkField(field);
    for (const extension of message.extensions) this.#linkField(extension);
    for (const nested of message.messages) this.#linkMessage(nested);
  }

  #linkField(field: FieldNode): void {
    if (field.extendee && field.extendee !== this.#extendee) {
      this.#extendee = field.extendee;
      this.#link(field.extendee, field.fullName, "message");
    }
    if (!field.group && !scalarTypes.has(field.type.text)) this.#link(field.type, field.fullName, "type");
  }

  #link(name: TypeName, from: string, wanted: "message" | "type"): void {
    // Only the types of fields look past what is not a type, as in protoc.
    const found = this.#scope.find(name.text, from, wanted === "type");
    const node = isMiss(found) ? undefined : found.node;
    if (isMiss(found)) this.#reportMiss(name, found);
    else if (node?.kind === "message" || (node?.kind === "enum" && wanted === "type")) name.target = node;
    else
      this.#report(
        name,
        "NOT_A_TYPE",
        `${name.text} is ${withArticle(node?.kind ?? "package")}, not a ${wanted}`,
        `use the name of a ${wanted}`,
      );
  }

  #reportMiss(name: TypeName, { notImported, shadowed }: Miss): void {
    if (notImported) {
      const { name: file } = notImported.file.source;
      this.#report(name, "TYPE_NOT_IMPORTED", `${name.text} is declared in ${file}, which is not imported`, `add import "${file}";`);
    } else if (!this.#incomplete()) {
      const other = shadowed === name.text ? undefined : shadowed;
      const message = other ? `${name.text} means ${other} here, which is not declared` : `the type ${name.text} is not declared`;
      this.#report(name, "TYPE_UNRESOLVED", message, unresolvedRemedy(name.text, other));
    }
  }

  /** A visible file could not be read whole: what is missing may be in it. */
  #incomplete(): boolean {
    for (const file of this.#scope.visible) if (file.broken) return true;
    return this.#file.imports.some((imported) => imported.missing);
  }

  #report(name: TypeName, rule: Rule, message: string, remedy: string): void {
    this.#diagnostics.add(this.#file.source, name.at, rule, message, remedy);
  }
}

/** What to do about a name of which nothing is declared; `shadowed` is what an inner scope turned it into. */
function unresolvedRemedy(name: string, shadowed: string | undefined): string {
  const file = packagedFileOf(name);
  if (file !== undefined) return `add import "${file}";`;
  if (scalarTypes.has(name)) return `declare a message with a field of type ${name}`;
  return shadowed ? `write .${name} to begin at the outermost scope` : "check the spelling, or import the file that declares it";
}
