import { type BlobSides, blobSides, blobType } from "../model/blob.ts";
import type { Command, File, Schema, Service } from "../model/schema.ts";
import { claim, methodName } from "./identifier.ts";
import { emittedFiles } from "./reachable.ts";
import { builtInFiles, modulePath, SchemaScope } from "./scope.ts";

/** The module that brings the built-in messages along, where a {@link MessageRef} would name a generated one. */
export const RUNTIME_MODULE = "zserver/codec";

/** The module of what stands for blobs. */
export const BLOB_MODULE = "zserver/blob";

/** A message as handlers name it. */
export interface MessageRef {
  /** The path of the generated module below the output folder, without an extension; or {@link RUNTIME_MODULE}. */
  readonly module: string;
  /** The type of what is received. */
  readonly type: string;
  /** The type of what is sent. */
  readonly init: string;
}

export interface HandlerCommandView {
  readonly method: string;
  /** The schema's comment. */
  readonly comment: string;
  readonly kind: Command["kind"];
  readonly deferred: boolean;
  /** Which of the two messages are blobs; undefined where none is. */
  readonly blobs: BlobSides | undefined;
  readonly request: MessageRef;
  readonly reply: MessageRef;
}

/** What somebody who handles a service writes: one method for each command. */
export interface HandlerView {
  readonly service: string;
  /** The interface of its handlers. */
  readonly handlers: string;
  readonly module: string;
  readonly comment: string;
  readonly side: Service["zserver"]["side"];
  readonly commands: readonly HandlerCommandView[];
}

/** The generated modules, as those who write handlers see them. */
export interface HandlerViews {
  readonly services: readonly HandlerView[];
  /** What each generated module exports, by its path. */
  readonly exports: ReadonlyMap<string, ReadonlySet<string>>;
}

export function handlerViews(schema: Schema): HandlerViews {
  const scope = new SchemaScope(schema, {
    importExtension: "",
    runtimeImport: RUNTIME_MODULE,
    blobImport: BLOB_MODULE,
    builtIn: builtInFiles,
  });
  const files = [...emittedFiles(schema, scope)];
  return {
    services: files.flatMap((file) => file.services.map((service) => handlerView(service, file, scope))),
    exports: new Map(files.map((file) => [modulePath(file.name), scope.names(file).all])),
  };
}

function handlerView(service: Service, file: File, scope: SchemaScope): HandlerView {
  const names = scope.names(file).services.get(service.fullName)!;
  const taken = new Set<string>();
  return {
    service: names.service,
    handlers: names.handlers,
    module: modulePath(file.name),
    comment: service.comment,
    side: service.zserver.side,
    commands: service.commands.map((command) => ({
      method: claim(taken, methodName(command.name)),
      comment: command.comment,
      kind: command.kind,
      deferred: command.zserver.deferred,
      blobs: blobSides(command),
      request: messageRef(command.request, scope),
      reply: messageRef(command.response, scope),
    })),
  };
}

function messageRef(fullName: string, scope: SchemaScope): MessageRef {
  if (fullName === blobType) return { module: BLOB_MODULE, type: "IncomingBlob", init: "BlobSource" };
  const { file, names } = scope.message(fullName);
  return { module: builtInFiles.has(file.name) ? RUNTIME_MODULE : modulePath(file.name), type: names.type, init: names.init };
}
