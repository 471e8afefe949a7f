import type { File } from "../../model/schema.ts";
import type { Scope } from "../link/scope.ts";
import { Builder, type ClosedEnums } from "./builder.ts";
import { buildOptions, freezeAll } from "./element.ts";
import { buildExtension } from "./field.ts";
import { buildEnum, buildMessage } from "./message.ts";
import { buildService } from "./service.ts";

/** The model of one checked file. */
export function buildFile(scope: Scope, closed: ClosedEnums, requested: boolean): File {
  const builder = new Builder(scope, closed);
  const { file, features } = builder;
  const { source } = file;
  return Object.freeze({
    name: source.name,
    package: file.package?.text ?? "",
    syntax: file.syntax,
    syntaxPosition: file.syntaxAt === undefined ? undefined : Object.freeze(source.position(file.syntaxAt)),
    packagePosition: file.package === undefined ? undefined : Object.freeze(source.position(file.package.at)),
    comment: file.comment,
    requested,
    imports: freezeAll(file.imports, (node) => ({
      file: node.file,
      public: node.public,
      position: Object.freeze(source.position(node.at)),
    })),
    messages: freezeAll(file.messages, (node) => buildMessage(builder, node, features)),
    enums: freezeAll(file.enums, (node) => buildEnum(builder, node)),
    services: freezeAll(file.services, (node) => buildService(builder, node)),
    extensions: freezeAll(file.extensions, (node) => buildExtension(builder, node, features)),
    options: buildOptions(file.resolvedOptions),
  });
}
