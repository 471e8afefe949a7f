import { blobSides } from "../model/blob.ts";
import { describeElement } from "../model/deprecation.ts";
import type { Command, Element, Enum, Field, File, Message, Schema, Service } from "../model/schema.ts";
import type {
  CommandDocsView,
  DocsView,
  ElementDocsView,
  EnumDocsView,
  FieldDocsView,
  MessageDocsView,
  PackageDocsView,
  ServiceDocsView,
  TypeDocsView,
} from "./docs-view.ts";
import { markdownOf } from "./markdown.ts";

/** What commands without a reply name as theirs. */
const NONE = "zserver.None";

const kinds: Readonly<Record<Command["kind"], string>> = {
  unary: "request and reply",
  one_way: "one-way",
  server_stream: "stream of replies",
  client_stream: "stream of requests, one reply",
  bidi_stream: "streams both ways",
};

/** A blob is one thing to whoever reads this, however it travels. */
function kindOf(command: Command): string {
  const blobs = blobSides(command);
  if (blobs === undefined) return kinds[command.kind];
  const request = blobs.request ? "a blob" : command.requestStream ? "a stream of requests" : "a request";
  const reply = blobs.reply ? "a blob" : command.responseStream ? "a stream of replies" : "a reply";
  return `${request}, ${reply}`;
}

/**
 * The view of the files that were asked for, by package.
 *
 * @param since the releases in which things were there first, by full name
 */
export function docsView(schema: Schema, since: ReadonlyMap<string, string> = new Map()): DocsView {
  const files = schema.files.filter(({ requested }) => requested);
  const described = new Set(files.flatMap(typesOf).map(({ fullName }) => fullName));
  const names = [...new Set(files.map((file) => file.package))].sort();
  return {
    packages: names.map((name) => {
      const own = files.filter((file) => file.package === name);
      return new PackagePage(name, described, since).view(own);
    }),
  };
}

/** Messages and enums of a file, those within messages too. */
function typesOf({ messages, enums }: Pick<File, "messages" | "enums">): readonly (Message | Enum)[] {
  return [...enums, ...messages.flatMap((message) => [message, ...typesOf(message)])];
}

const isMessage = (type: Message | Enum): type is Message => "fields" in type;

/** What a page about one package knows of the rest. */
class PackagePage {
  readonly #name: string;
  readonly #described: ReadonlySet<string>;
  readonly #since: ReadonlyMap<string, string>;

  /** @param described the types that some page describes */
  constructor(name: string, described: ReadonlySet<string>, since: ReadonlyMap<string, string>) {
    this.#name = name;
    this.#described = described;
    this.#since = since;
  }

  view(files: readonly File[]): PackageDocsView {
    const types = files.flatMap(typesOf);
    return {
      name: this.#name,
      docs: files.map(({ comment }) => markdownOf(comment)).filter((comment) => comment !== ""),
      services: files.flatMap(({ services }) => services).map((service) => this.#service(service)),
      messages: types.filter(isMessage).map((message) => this.#message(message)),
      enums: types.filter((each): each is Enum => !isMessage(each)).map((each) => this.#enum(each)),
    };
  }

  /** A full name as it reads within the package. */
  #local(fullName: string): string {
    return this.#name !== "" && fullName.startsWith(`${this.#name}.`) ? fullName.slice(this.#name.length + 1) : fullName;
  }

  #type(fullName: string, stream = false): TypeDocsView {
    return { text: this.#local(fullName), anchor: this.#described.has(fullName) ? fullName : undefined, stream };
  }

  /** @param within what it lies in, which tells its age too where that is the same */
  #element(described: Element, within?: Element): ElementDocsView {
    const { name, fullName, deprecated } = described;
    const { text, deprecation } = describeElement(described);
    const since = this.#since.get(fullName) ?? "";
    const told = within !== undefined && since === this.#since.get(within.fullName);
    return { name, anchor: fullName, doc: markdownOf(text), deprecated, deprecation: markdownOf(deprecation), since: told ? "" : since };
  }

  #service(service: Service): ServiceDocsView {
    return {
      ...this.#element(service),
      handledBy: service.zserver.side.toLowerCase(),
      commands: service.commands.map((command) => this.#command(command, service)),
    };
  }

  #command(command: Command, service: Service): CommandDocsView {
    const { zserver } = command;
    return {
      ...this.#element(command, service),
      wireName: `${service.fullName}/${command.name}`,
      kind: kindOf(command),
      request: this.#type(command.request, command.requestStream),
      reply: command.response === NONE ? undefined : this.#type(command.response, command.responseStream),
      timeoutMs: zserver.timeoutMs,
      idleTimeoutMs: zserver.idleTimeoutMs,
      maxBytes: zserver.maxBytes,
      blobs: blobSides(command) !== undefined,
      deferred: zserver.deferred,
      ordered: zserver.ordered,
      volatile: zserver.delivery === "VOLATILE",
      critical: zserver.critical,
      inLane: zserver.inLane,
      priority: zserver.priority === "NORMAL" ? "" : zserver.priority,
      compression: zserver.compression ?? "",
      errors: zserver.errors.map((error) => this.#type(error)),
    };
  }

  #message(message: Message): MessageDocsView {
    const fields = message.fields.map((field) => this.#field(field, message));
    return { ...this.#element(message), name: this.#local(message.fullName), fields };
  }

  #field(field: Field, message: Message): FieldDocsView {
    const { value } = field;
    return {
      ...this.#element(field, message),
      number: field.number,
      label: labelOf(field),
      type: value.kind === "scalar" ? { text: value.type, anchor: undefined, stream: false } : this.#type(value.type),
      oneof: field.oneof ?? "",
    };
  }

  #enum(enumeration: Enum): EnumDocsView {
    // Values stand beside their enum, by the rules of protobuf; where they belong is to the enum.
    const values = enumeration.values.map((value) => ({ ...value, fullName: `${enumeration.fullName}.${value.name}` }));
    return {
      ...this.#element(enumeration),
      name: this.#local(enumeration.fullName),
      values: values.map((value) => ({ ...this.#element(value, enumeration), number: value.number })),
    };
  }
}

function labelOf({ cardinality, mapKey, presence, oneof, value }: Field): string {
  if (cardinality === "map") return `map from ${mapKey} to`;
  if (cardinality === "repeated") return "repeated";
  if (presence === "required") return "required";
  return presence === "explicit" && oneof === undefined && value.kind !== "message" ? "optional" : "";
}
