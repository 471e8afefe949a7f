import type { Position, Schema } from "../../model/schema.ts";
import { type Declared, type DeclaredKind, declaredIn } from "./declared.ts";

/** Something that two states of a schema do not have in common. */
export interface Change {
  readonly what: "added" | "changed" | "deprecated" | "removed";
  readonly kind: DeclaredKind;
  /** Fully qualified, as it is now; as it was where it is gone. */
  readonly name: string;
  /** How it was and how it is; empty where the rest says all. */
  readonly detail: string;
  /** As the schema says now; of what is gone, as it said then. */
  readonly comment: string;
  /** Undefined for what is gone. */
  readonly position: Position | undefined;
}

/** What a change of a schema means to people who write against it, by kind and then in the order of declaration. */
export function changesBetween(before: Schema, after: Schema): readonly Change[] {
  const [was, is] = [declaredIn(before), declaredIn(after)];
  const found: Change[] = [];
  for (const [key, declared] of is) {
    const earlier = was.get(key);
    if (earlier === undefined) {
      if (declared.within === undefined || was.has(declared.within)) found.push(change("added", declared));
    } else found.push(...changesOf(earlier, declared));
  }
  for (const [key, declared] of was)
    if (!is.has(key) && (declared.within === undefined || is.has(declared.within)))
      found.push({ ...change("removed", declared), position: undefined });
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

const order: readonly DeclaredKind[] = ["service", "command", "message", "field", "extension", "enum", "enum value"];

function* changesOf(was: Declared, is: Declared): Generator<Change> {
  if (was.shape !== is.shape) yield change("changed", is, `was \`${was.shape}\`, is \`${is.shape}\``);
  if (!was.element.deprecated && is.element.deprecated) yield change("deprecated", is);
  if (was.element.deprecated && !is.element.deprecated) yield change("changed", is, "is not deprecated any more");
}

function change(what: Change["what"], { kind, element }: Declared, detail = ""): Change {
  return { what, kind, name: element.fullName, detail, comment: element.comment, position: element.position };
}
