import { renderDocs } from "../docs/render.ts";
import type { EmittedFile } from "../emit/emit.ts";
import type { Schema } from "../model/schema.ts";
import { entriesOf, entryFiles } from "./entries.ts";
import { type LibraryDetails, manifestText } from "./manifest.ts";
import { renderReadme } from "./readme.ts";

/** What a client library is made of. */
export interface LibrarySource {
  readonly details: LibraryDetails;
  readonly schema: Schema;
  /** The text of every file of the schema, by name. */
  readonly texts: ReadonlyMap<string, string>;
  /** JavaScript and declarations, as `emitSchema` makes them with `emit: "js"`. */
  readonly modules: readonly EmittedFile[];
  /** Proto packages that the main entry exports; undefined for all that were asked for. */
  readonly root: readonly string[] | undefined;
  /** The releases in which things were there first, by full name. */
  readonly since: ReadonlyMap<string, string>;
  /** Markdown for those who update; undefined where there is nothing to tell. */
  readonly changelog: string | undefined;
  readonly licenseText: string | undefined;
  /** Templates that stand in for zgen's own. */
  readonly templates: { readonly readme?: string | undefined; readonly docs?: string | undefined };
}

/** The folders that hold nothing but what zgen made. */
export const libraryFolders: readonly string[] = ["lib", "packages", "schemas"];

/**
 * The files of a client library that is ready to publish, sorted by path. The same source gives the same bytes.
 *
 * @throws EntryError where the entries cannot be made as asked
 */
export function libraryFiles(source: LibrarySource): readonly EmittedFile[] {
  const { details, schema, texts, modules, since, changelog, licenseText, templates } = source;
  const entries = entriesOf(schema, modules, source.root);
  const files: (readonly [path: string, text: string | undefined])[] = [
    ["package.json", manifestText(details, entries)],
    ["README.md", renderReadme({ details, schema, entries, since, changelog: changelog !== undefined }, templates.readme)],
    ["REFERENCE.md", renderDocs(schema, { since, template: templates.docs })],
    ["CHANGELOG.md", changelog],
    ["LICENSE", licenseText],
    ...modules.map(({ path, text }) => [`lib/${path}`, text] as const),
    ...entryFiles(entries),
    ...[...texts].filter(([name]) => isShipped(name)).map(([name, text]) => [`schemas/${name}`, text] as const),
  ];
  return files.flatMap(([path, text]) => (text === undefined ? [] : [{ path, text }])).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Every tool that reads schemas has protobuf's own. */
function isShipped(name: string): boolean {
  return !name.startsWith("google/protobuf/");
}
