import { docComment } from "../emit/comment.ts";
import type { HandlerView } from "../emit/handler-view.ts";
import { Imports } from "../emit/imports.ts";
import { methodText } from "./method.ts";
import type { GeneratedModules } from "./modules.ts";
import { defaultStyle } from "./style.ts";

/** The file of a service that nobody handles yet: a class with a method for each command. */
export function newHandlerFile(file: string, service: HandlerView, modules: GeneratedModules): string {
  const name = `${service.service}Handler`;
  const imports = new Imports([name]);
  const use = (module: string, exported: string, type: boolean): string =>
    imports.use({ module: modules.specifier(file, module), name: exported, type });
  const handlers = use(service.module, service.handlers, true);
  const methods = service.commands.map((command) =>
    methodText(command, { service: service.service, data: undefined, outer: "", style: defaultStyle, use }),
  );
  const body = methods.length === 0 ? "" : `\n${methods.join("\n\n")}\n`;
  const text = `${docComment(service.comment)}export class ${name} implements ${handlers} {${body}}\n`;
  return `${imports.render()}\n${text}`;
}
