import { type ClassDeclaration, Project } from "ts-morph";
import type { HandlerCommandView, HandlerView } from "../emit/handler-view.ts";
import { applyEdits, type Edit } from "./edit.ts";
import { type HandlersElsewhere, handlersElsewhere } from "./elsewhere.ts";
import { ImportTable } from "./import-table.ts";
import { methodText } from "./method.ts";
import type { GeneratedModules } from "./modules.ts";
import { fitsKind, handlerFunction, looksLikeHandler, signatureEdits } from "./signature.ts";
import { closing, insertionPoint } from "./place.ts";
import { indentationOf, styleOf } from "./style.ts";

/** Something that a person has to look at. */
export interface StubNote {
  /** From 1 on. */
  readonly line: number;
  readonly message: string;
}

export interface SyncedFile {
  readonly text: string;
  /** The services whose handlers the file has. */
  readonly services: readonly HandlerView[];
  readonly added: readonly string[];
  readonly notes: readonly StubNote[];
}

/**
 * Brings the handler classes of a file in step with the schema: commands that are new get a method, signatures follow types that have other names now, and
 * what the schema lost is reported, and what handlers that are no classes at the top of the file lack. Everything else stays as it is, byte for byte.
 *
 * @param file its absolute path, which imports are resolved from
 */
export function syncFile(file: string, text: string, services: readonly HandlerView[], modules: GeneratedModules): SyncedFile {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true, skipFileDependencyResolution: true });
  // ts-morph counts without a byte order mark.
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = text.slice(mark.length);
  const source = project.createSourceFile(file, body);
  const imports = new ImportTable(source, file, modules);
  const found = source.getClasses().flatMap((owner) => handledBy(owner, services, imports).map((service) => ({ owner, service })));
  const edits: Edit[] = [];
  const added: string[] = [];
  const notes: StubNote[] = [];
  for (const { owner, service } of found) {
    const names = new Set(
      found.filter((each) => each.owner === owner).flatMap((each) => each.service.commands.map(({ method }) => method)),
    );
    for (const command of service.commands) edits.push(...followCommand(owner, service, command, { imports, modules, notes, added }));
    if (service === found.find((each) => each.owner === owner)!.service) notes.push(...orphans(owner, names, imports, modules));
  }
  for (const owner of new Set(found.map((each) => each.owner))) edits.push(...closing(owner, edits));
  const elsewhere = handlersElsewhere(source, services, imports);
  notes.push(...elsewhere.flatMap(lacking));
  const [first] = found;
  if (first !== undefined) edits.push(...imports.edits(edits, styleOf(first.owner)));
  return { text: mark + applyEdits(body, edits), services: [...found, ...elsewhere].map(({ service }) => service), added, notes };
}

function lacking({ service, line, what, missing }: HandlersElsewhere): readonly StubNote[] {
  if (missing.length === 0) return [];
  const message = `${service.service} is handled by ${what === "object" ? "an object" : "a class"} that is yours to change; it lacks ${missing.join(", ")}`;
  return [{ line, message }];
}

/** The services whose interface a class says that it implements. */
function handledBy(owner: ClassDeclaration, services: readonly HandlerView[], imports: ImportTable): readonly HandlerView[] {
  return services.filter(({ module, handlers }) => implementing(owner, module, handlers, imports) !== undefined);
}

function implementing(
  owner: ClassDeclaration,
  module: string,
  handlers: string,
  imports: ImportTable,
): { readonly data: string | undefined } | undefined {
  for (const each of owner.getImplements()) {
    const meaning = imports.meaning(each.getExpression().getText());
    if (meaning?.module === module && meaning.name === handlers) return { data: each.getTypeArguments()[0]?.getText() };
  }
  return undefined;
}

interface Follow {
  readonly imports: ImportTable;
  readonly modules: GeneratedModules;
  readonly notes: StubNote[];
  readonly added: string[];
}

function followCommand(
  owner: ClassDeclaration,
  service: HandlerView,
  command: HandlerCommandView,
  { imports, modules, notes, added }: Follow,
): readonly Edit[] {
  const member = owner.getMembers().find((each) => "getName" in each && each.getName() === command.method);
  if (member === undefined) {
    added.push(`${service.service}.${command.method}`);
    const { data } = implementing(owner, service.module, service.handlers, imports)!;
    const style = styleOf(owner);
    const use = (module: string, name: string, type: boolean): string => imports.use(module, name, type);
    const text = methodText(command, { service: service.service, data, outer: indentationOf(owner), style, use });
    const { at, isFirst } = insertionPoint(owner, service, command);
    return [{ from: at, to: at, text: `${isFirst ? "" : style.newline}${style.newline}${text}` }];
  }
  const handler = handlerFunction(member);
  if (handler === undefined) return [];
  if (!fitsKind(handler, command))
    notes.push({
      line: member.getStartLineNumber(),
      message: `${service.service}.${command.method} is a ${command.kind.replace("_", " ")} command now; its signature is yours to change`,
    });
  return signatureEdits(handler, command, imports, modules);
}

/** Handlers of commands that the schema has no more. */
function orphans(
  owner: ClassDeclaration,
  names: ReadonlySet<string>,
  imports: ImportTable,
  modules: GeneratedModules,
): readonly StubNote[] {
  return owner.getMembers().flatMap((member) => {
    const handler = handlerFunction(member);
    const name = "getName" in member ? (member.getName() as string) : "";
    if (handler === undefined || names.has(name) || !looksLikeHandler(handler, imports, modules)) return [];
    return [
      {
        line: member.getStartLineNumber(),
        message: `${owner.getName() ?? "the class"}.${name} handles no command of the schema; it was left in place`,
      },
    ];
  });
}
