import type { ClosedEnums } from "../build/builder.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { type Features, fieldFeatures, fileFeatures, ownFeatures } from "../features.ts";
import type { Scope } from "../link/scope.ts";
import type { EnumNode, FieldNode, MessageNode } from "../syntax/ast.ts";
import { checkBlobField } from "./blobs.ts";
import { CheckContext } from "./context.ts";
import { checkDefault } from "./defaults.ts";
import { checkEnum } from "./enums.ts";
import { checkDeclarations } from "./extension-declarations.ts";
import { checkExtension, checkExtensionRanges, type ExtensionNumbers } from "./extensions.ts";
import { checkFieldFeatures } from "./field-features.ts";
import { checkFieldOptions } from "./field-options.ts";
import { checkFileOptions } from "./file-options.ts";
import { checkJsonNameOption, checkJsonNames } from "./json-names.ts";
import { checkLabel } from "./labels.ts";
import { checkMapEntryNames } from "./maps.ts";
import { checkMessageSet, checkMessageSetExtension } from "./message-set.ts";
import { checkFieldNumbers } from "./numbers.ts";
import { checkOneofs } from "./oneofs.ts";
import { checkService } from "./services.ts";
import { checkType } from "./types.ts";

/** Takes one file through every rule that looks at one declaration at a time. */
export class FileChecker {
  readonly #context: CheckContext;
  readonly #extensions: ExtensionNumbers;

  constructor(scope: Scope, closed: ClosedEnums, extensions: ExtensionNumbers, diagnostics: Diagnostics) {
    this.#context = new CheckContext(scope, closed, diagnostics);
    this.#extensions = extensions;
  }

  check(): void {
    const { file } = this.#context;
    const features = fileFeatures(file);
    checkFileOptions(this.#context);
    for (const message of file.messages) this.#checkMessage(message, features);
    for (const node of file.enums) this.#checkEnum(node, features);
    for (const extension of file.extensions) this.#checkExtension(extension, features);
    for (const service of file.services) checkService(this.#context, service);
  }

  #checkMessage(message: MessageNode, parent: Features): void {
    const context = this.#context;
    const features = ownFeatures(parent, message.resolvedOptions);
    checkFieldNumbers(context, message);
    checkJsonNames(context, message, features);
    checkOneofs(context, message);
    checkMapEntryNames(context, message);
    checkExtensionRanges(context, message);
    checkDeclarations(context, message);
    checkMessageSet(context, message);
    for (const field of message.fields) this.#checkField(field, features);
    for (const extension of message.extensions) this.#checkExtension(extension, features);
    for (const node of message.enums) this.#checkEnum(node, features);
    for (const nested of message.messages) this.#checkMessage(nested, features);
  }

  #checkField(field: FieldNode, parent: Features): void {
    const context = this.#context;
    const inherited = field.oneof ? ownFeatures(parent, field.oneof.resolvedOptions) : parent;
    const features = fieldFeatures(inherited, field, context.file.syntax);
    checkLabel(context, field);
    checkType(context, field, features);
    checkBlobField(context, field);
    if (field.options.length === 0) return;
    checkDefault(context, field, features);
    checkJsonNameOption(context, field);
    checkFieldOptions(context, field, features);
    if (context.edition) checkFieldFeatures(context, field);
  }

  #checkExtension(field: FieldNode, parent: Features): void {
    this.#checkField(field, parent);
    checkExtension(this.#context, field, this.#extensions);
    checkMessageSetExtension(this.#context, field);
  }

  #checkEnum(node: EnumNode, parent: Features): void {
    checkEnum(this.#context, node, ownFeatures(parent, node.resolvedOptions));
  }
}
