import { blobType } from "../../model/blob.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { messageOption } from "../options/resolved.ts";
import type { FieldNode, FileNode, MessageNode, MethodNode } from "../syntax/ast.ts";
import { optionAt } from "./option-at.ts";

/** What a message may hold: its fields, and the extensions that some file declares for it. */
type FieldsOf = (message: MessageNode) => readonly FieldNode[];

/** What compressed commands may not hold. It looks through all files, for a secret may be declared in any of them, as an extension too. */
export function checkCompression(files: Iterable<FileNode>, diagnostics: Diagnostics): void {
  const all = [...files];
  const compressed = all.flatMap((file) =>
    file.services.flatMap(({ methods }) => methods.filter(isCompressed).map((method) => ({ file, method }))),
  );
  if (compressed.length === 0) return;
  const extensions = all.flatMap((file) => [...file.extensions, ...file.messages.flatMap(extensionsWithin)]);
  const fieldsOf: FieldsOf = (message) => [...message.fields, ...extensions.filter(({ extendee }) => extendee?.target === message)];
  for (const { file, method } of compressed) {
    const { name, request, response } = method;
    const at = compressionAt(method);
    const messages = [request.target, response.target].filter((target) => target?.kind === "message");
    if (messages.some(({ fullName }) => fullName === blobType)) {
      const remedy = "remove compression, and compress what the blob is made of where that is worth it";
      diagnostics.add(file.source, at, "COMPRESSED_BLOB", `${name.text} takes or gives a blob, whose parts travel as they are`, remedy);
    }
    const secret = findSecret(messages, fieldsOf);
    if (secret === undefined) continue;
    const remedy = "remove compression, or give the secret to a command that is not compressed";
    diagnostics.add(file.source, at, "COMPRESSED_SECRET", `${name.text} is compressed, and may hold the secret field ${secret}`, remedy);
  }
}

function isCompressed({ resolvedOptions }: MethodNode): boolean {
  const { compression } = messageOption(resolvedOptions, "[zserver.command]");
  return compression === "DEFLATE" || compression === "BROTLI";
}

/** By itself, or within all options of the command. */
function compressionAt(method: MethodNode): number {
  const itself = "(zserver.command).compression";
  return optionAt(method, method.resolvedOptions.list.some(({ name }) => name === itself) ? itself : "(zserver.command)");
}

function extensionsWithin(message: MessageNode): readonly FieldNode[] {
  return [...message.extensions, ...message.messages.flatMap(extensionsWithin)];
}

/** The shortest way to a secret field, as it is read: `LoginRequest.account.password`. */
function findSecret(messages: readonly MessageNode[], fieldsOf: FieldsOf): string | undefined {
  const seen = new Set(messages);
  let level = messages.map((message) => ({ message, path: message.name.text }));
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { message, path } of level)
      for (const field of fieldsOf(message)) {
        const here = `${path}.${field.extendee ? `[${field.fullName}]` : field.name.text}`;
        if (messageOption(field.resolvedOptions, "[zserver.field]").secret === true) return here;
        const { target } = field.type;
        if (target?.kind !== "message" || seen.has(target)) continue;
        seen.add(target);
        next.push({ message: target, path: here });
      }
    level = next;
  }
  return undefined;
}
