import type { CommandDocsView, ServiceDocsView } from "../docs/docs-view.ts";

/** What the template `readme` sees: a client library, as somebody who begins to use it needs to know it. */
export interface ReadmeView {
  /** The library's name and version on npm. */
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The comments before `syntax`, as Markdown. */
  readonly docs: readonly string[];
  /** A first program; empty where the schema has no service. */
  readonly example: string;
  /** Services that the server handles, and those that clients do. One that both handle is in both lists. */
  readonly called: readonly ReadmeServiceView[];
  readonly handled: readonly ReadmeServiceView[];
  /** What can be imported, the main entry first. */
  readonly entries: readonly { readonly specifier: string; readonly packages: string; readonly json: boolean }[];
  readonly changelog: boolean;
}

export interface ReadmeServiceView extends Omit<ServiceDocsView, "commands"> {
  /** The name that it is imported by, and what from. */
  readonly imported: string;
  readonly specifier: string;
  readonly commands: readonly ReadmeCommandView[];
}

export interface ReadmeCommandView extends CommandDocsView {
  /** The method's name, and its declaration in TypeScript: of the proxy for those who call, of the handler for those who handle. */
  readonly method: string;
  readonly signature: string;
}
