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

/** The view of the files that were asked for, by package. */
export function docsView(schema: Schema): DocsView {
  const files = schema.files.filter(({ requested }) => requested);
  const described = new Set(files.flatMap(typesOf).map(({ fullName }) => fullName));
  const names = [...new Set(files.map((file) => file.package))].sort();
  return {
    packages: names.map((name) =>
      packageView(
        name,
        files.filter((file) => file.package === name),
        described,
      ),
    ),
  };
}

/** Messages and enums of a file, those within messages too. */
function typesOf({ messages, enums }: Pick<File, "messages" | "enums">): readonly (Message | Enum)[] {
  return [...enums, ...messages.flatMap((message) => [message, ...typesOf(message)])];
}

const isMessage = (type: Message | Enum): type is Message => "fields" in type;

function packageView(name: string, files: readonly File[], described: ReadonlySet<string>): PackageDocsView {
  const types = files.flatMap(typesOf);
  const local = (fullName: string): string => (name !== "" && fullName.startsWith(`${name}.`) ? fullName.slice(name.length + 1) : fullName);
  const type = (fullName: string, stream = false): TypeDocsView => ({
    text: local(fullName),
    anchor: described.has(fullName) ? fullName : undefined,
    stream,
  });
  return {
    name,
    docs: files.map(({ comment }) => markdownOf(comment)).filter((comment) => comment !== ""),
    services: files.flatMap(({ services }) => services).map((service) => serviceView(service, type)),
    messages: types.filter(isMessage).map((message) => messageView(message, local, type)),
    enums: types.filter((each): each is Enum => !isMessage(each)).map((each) => enumView(each, local)),
  };
}

type ShowType = (fullName: string, stream?: boolean) => TypeDocsView;

function element(described: Element): ElementDocsView {
  const { name, fullName, deprecated } = described;
  const { text, deprecation } = describeElement(described);
  return { name, anchor: fullName, doc: markdownOf(text), deprecated, deprecation: markdownOf(deprecation) };
}

function serviceView(service: Service, type: ShowType): ServiceDocsView {
  return {
    ...element(service),
    handledBy: service.zserver.side.toLowerCase(),
    commands: service.commands.map((command) => commandView(command, service, type)),
  };
}

function commandView(command: Command, service: Service, type: ShowType): CommandDocsView {
  const { kind, zserver } = command;
  return {
    ...element(command),
    wireName: `${service.fullName}/${command.name}`,
    kind: kinds[kind],
    request: type(command.request, command.requestStream),
    reply: command.response === NONE ? undefined : type(command.response, command.responseStream),
    timeoutMs: zserver.timeoutMs,
    deferred: zserver.deferred,
    ordered: zserver.ordered,
    errors: zserver.errors.map((error) => type(error)),
  };
}

function messageView(message: Message, local: (fullName: string) => string, type: ShowType): MessageDocsView {
  return { ...element(message), name: local(message.fullName), fields: message.fields.map((field) => fieldView(field, type)) };
}

function fieldView(field: Field, type: ShowType): FieldDocsView {
  const { value } = field;
  return {
    ...element(field),
    number: field.number,
    label: labelOf(field),
    type: value.kind === "scalar" ? { text: value.type, anchor: undefined, stream: false } : type(value.type),
    oneof: field.oneof ?? "",
  };
}

function labelOf({ cardinality, mapKey, presence, oneof, value }: Field): string {
  if (cardinality === "map") return `map from ${mapKey} to`;
  if (cardinality === "repeated") return "repeated";
  if (presence === "required") return "required";
  return presence === "explicit" && oneof === undefined && value.kind !== "message" ? "optional" : "";
}

function enumView(enumeration: Enum, local: (fullName: string) => string): EnumDocsView {
  return {
    ...element(enumeration),
    name: local(enumeration.fullName),
    values: enumeration.values.map((value) => ({ ...element(value), number: value.number })),
  };
}
