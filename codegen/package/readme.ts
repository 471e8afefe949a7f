import type { ServiceDocsView } from "../docs/docs-view.ts";
import { renderPage } from "../docs/render.ts";
import { docsView } from "../docs/view-of.ts";
import type { Code } from "../emit/imports.ts";
import { builtInFiles, FileScope, SchemaScope } from "../emit/scope.ts";
import { serviceView } from "../emit/service-view.ts";
import { builtInTemplate } from "../emit/templates.ts";
import type { CommandView } from "../emit/view.ts";
import type { File, Schema, Service } from "../model/schema.ts";
import type { Entry } from "./entries.ts";
import { firstExample } from "./example.ts";
import type { LibraryDetails } from "./manifest.ts";
import type { ReadmeCommandView, ReadmeServiceView, ReadmeView } from "./readme-view.ts";

/** What a README is made from. */
export interface ReadmeSource {
  readonly details: LibraryDetails;
  readonly schema: Schema;
  readonly entries: readonly Entry[];
  /** The releases in which things were there first, by full name. */
  readonly since: ReadonlyMap<string, string>;
  /** Whether there is a CHANGELOG.md. */
  readonly changelog: boolean;
}

/** The library's README, in Markdown. */
export function renderReadme(source: ReadmeSource, template: string = builtInTemplate("readme")): string {
  return renderPage(template, readmeView(source));
}

type Side = "SERVER" | "CLIENT";

function readmeView({ details, schema, entries, since, changelog }: ReadmeSource): ReadmeView {
  const scope = new SchemaScope(schema, {
    importExtension: ".js",
    runtimeImport: "zserver/codec",
    blobImport: "zserver/blob",
    builtIn: builtInFiles,
  });
  const { name, version, description } = details;
  const { packages } = docsView(schema, since);
  const documented = new Map(packages.flatMap(({ services }) => services).map((service) => [service.anchor, service]));
  const specifier = (file: File): string => specifierOf(file, name, entries);
  const handledBy = (side: Side): readonly ReadmeServiceView[] =>
    servicesOf(schema, side).map(([file, service]) => {
      const view = serviceView(service, "Data", new FileScope(file, scope));
      const docs = documented.get(service.fullName)!;
      return { ...docs, commands: commandViews(docs, view.commands, side), imported: view.name, specifier: specifier(file) };
    });
  return {
    name,
    version,
    description,
    docs: packages.flatMap(({ docs }) => docs),
    example: firstExample(schema, scope, specifier).trimEnd(),
    called: handledBy("SERVER"),
    handled: handledBy("CLIENT"),
    entries: entries
      .filter(({ json }) => !json)
      .map((entry) => ({
        specifier: within(name, entry),
        packages: entry.packages.map((name) => name || "(no package)").join(", "),
        json: entries.some(({ subpath }) => subpath === `${entry.subpath}/json`),
      })),
    changelog,
  };
}

function servicesOf(schema: Schema, side: Side): readonly (readonly [File, Service])[] {
  return schema.files
    .filter(({ requested }) => requested)
    .flatMap((file) => file.services.map((service) => [file, service] as const))
    .filter(([, { zserver }]) => zserver.side === side || zserver.side === "BOTH");
}

/** What a file's names are imported from: the main entry, where it has them. */
function specifierOf(file: File, name: string, entries: readonly Entry[]): string {
  const entry = entries.find(({ packages, json }) => !json && packages.includes(file.package));
  if (entry === undefined) throw new Error(`no entry exports ${file.name}`);
  return within(name, entry);
}

function within(name: string, { subpath }: Entry): string {
  return name + subpath.slice(1);
}

/** @param side the one that handles them: a client calls those of servers */
function commandViews(service: ServiceDocsView, views: readonly CommandView[], side: Side): readonly ReadmeCommandView[] {
  return service.commands.map((command, at) => {
    const view = views[at]!;
    const [argument, result] = side === "SERVER" ? [view.argumentInit, view.result] : [view.argumentType, view.handlerResult];
    return { ...command, method: view.name, signature: `${view.name}(${view.argument}: ${plain(argument)}): ${plain(result)}` };
  });
}

/** Code without imports: names as they are declared. */
function plain(code: Code): string {
  if (typeof code === "string") return code;
  return "name" in code ? code.name : code.map(plain).join("");
}
