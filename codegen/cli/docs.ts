import path from "node:path";
import { renderDocs } from "../docs/render.ts";
import { type Command, defineCommand } from "./command.ts";
import { loadConfig } from "./config.ts";
import { readProject } from "./read-project.ts";
import { writeWhole } from "./output.ts";
import { printDiagnostics } from "./report.ts";
import { sinceWhen } from "./since.ts";
import { loadPageTemplate } from "./user-templates.ts";

/** `zgen docs`. */
export const docs: Command = defineCommand({
  operands: [],
  options: { out: { type: "string", value: "FILE", help: "where the page goes; standard output unless given" } },
  description:
    "Writes a reference of the schemas that zgen.json names, in Markdown, from their comments.\nA template docs.hbs in the folder that `templates` names replaces zgen's own.",
  async run({ options, terminal }) {
    const config = loadConfig(terminal.cwd);
    const { schema, diagnostics } = readProject(config);
    if (schema === undefined) {
      printDiagnostics(terminal, "text", diagnostics, config);
      return 1;
    }
    const page = renderDocs(schema, { since: sinceWhen(config, schema), template: loadPageTemplate(config.templates, "docs") });
    if (options.out === undefined) terminal.out(page.trimEnd());
    else writeWhole(path.resolve(terminal.cwd, options.out), page);
    return 0;
  },
});
