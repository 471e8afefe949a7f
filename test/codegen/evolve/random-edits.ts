import type { Choice } from "../../support/choice.ts";
import { type EnumText, type FieldText, type FileText, labelsOf, type MessageText, randomType } from "./random-schemas.ts";

/** Changes files in place, so that they stay valid. False where there is nothing to change so. */
type Edit = (choice: Choice, file: FileText, files: FileText[]) => boolean;

const messagesOf = (messages: readonly MessageText[]): readonly MessageText[] =>
  messages.flatMap((message) => [message, ...messagesOf(message.messages)]);
const fieldsOf = (file: FileText): readonly FieldText[] => [
  ...messagesOf(file.messages).flatMap(({ fields }) => fields),
  ...file.extensions,
];
const enumsOf = (file: FileText): readonly EnumText[] => [...file.enums, ...messagesOf(file.messages).flatMap(({ enums }) => enums)];

/** A message and one of its fields that is in no oneof. */
function plain(choice: Choice, file: FileText): readonly [MessageText, FieldText] | undefined {
  const message = choice.of(messagesOf(file.messages));
  const fields = message.fields.filter(({ oneof }) => oneof === "");
  return fields.length === 0 ? undefined : [message, choice.of(fields)];
}

function withPlain(change: (choice: Choice, field: FieldText, message: MessageText, file: FileText) => boolean | undefined): Edit {
  return (choice, file) => {
    const found = plain(choice, file);
    return found !== undefined && change(choice, found[1], found[0], file) !== false;
  };
}

const without = <T>(list: readonly T[], gone: T): T[] => list.filter((each) => each !== gone);

function free(message: MessageText): number {
  return Math.max(9, ...message.fields.map(({ number }) => number)) + 1;
}

/** Nothing may go on naming a type that is gone. */
function forget(file: FileText, type: string, instead: string): void {
  for (const field of fieldsOf(file)) if (field.type === type) Object.assign(field, { type: instead, options: [] });
  for (const { rpcs } of file.services) {
    for (const rpc of rpcs) {
      if (rpc.request === type) rpc.request = "C";
      if (rpc.reply === type) rpc.reply = "C";
    }
  }
}

const deleteField: Edit = withPlain((choice, field, message) => {
  message.fields = without(message.fields, field);
  if (choice.once(3)) message.reserved.push(field.number);
  if (choice.once(3)) message.reserved.push(field.name);
});

const changeType: Edit = withPlain((choice, field) => {
  field.type = randomType(choice);
  field.options = [];
});

const changeLabel: Edit = withPlain((choice, field, _message, file) => {
  field.label = choice.of(labelsOf(file.syntax, true));
  field.options = [];
});

const require: Edit = withPlain((_choice, field, _message, file) => {
  if (file.syntax !== "proto2" || field.label === "map") return false;
  Object.assign(field, { label: field.label === "required" ? "optional" : "required", options: [] });
  return true;
});

const renameField: Edit = withPlain((_choice, field) => {
  field.name += "_new";
});

const renumberField: Edit = withPlain((_choice, field, message) => {
  field.number = free(message);
});

const intoOneof: Edit = withPlain((_choice, field) => {
  if (field.label === "repeated" || field.label === "map" || field.label === "required") return false;
  Object.assign(field, { oneof: "which", label: "", options: [] });
  return true;
});

const outOfOneof: Edit = (choice, file) => {
  const members = fieldsOf(file).filter(({ oneof }) => oneof !== "");
  if (members.length === 0) return false;
  Object.assign(choice.of(members), { oneof: "", label: file.syntax === "proto2" ? "optional" : "" });
  return true;
};

const renameOneof: Edit = (choice, file) => {
  const message = choice.of(messagesOf(file.messages));
  for (const field of message.fields) if (field.oneof !== "") field.oneof = "other";
  return message.fields.some(({ oneof }) => oneof !== "");
};

const deleteEnumValue: Edit = (choice, file) => {
  const each = choice.of(enumsOf(file));
  if (each.values.length < 2) return false;
  const value = choice.of(each.values.slice(1));
  each.values = without(each.values, value);
  if (choice.once(3)) each.reserved.push(value[1]);
  if (choice.once(3)) each.reserved.push(value[0]);
  return true;
};

const deleteEnum: Edit = (_choice, file) => {
  const [gone] = file.enums.splice(-1);
  if (gone !== undefined) forget(file, gone.name, "int32");
  return gone !== undefined;
};

const deleteMessage: Edit = (choice, file) => {
  if (file.messages.length < 3) return false;
  const gone = choice.of(file.messages.slice(0, 2));
  file.messages = without(file.messages, gone);
  forget(file, gone.name, "bytes");
  return true;
};

const deleteInner: Edit = (choice, file) => {
  const outer = file.messages.filter(({ messages, enums }) => messages.length + enums.length > 0);
  if (outer.length === 0) return false;
  const message = choice.of(outer);
  if (message.messages.length > 0) message.messages = [];
  else message.enums = [];
  return true;
};

const changeRpc: Edit = (choice, file) => {
  const rpcs = file.services.flatMap((service) => service.rpcs);
  if (rpcs.length === 0) return false;
  const rpc = choice.of(rpcs);
  const change = choice.below(5);
  if (change === 0) rpc.request = rpc.request === "C" ? file.messages[0]!.name : "C";
  else if (change === 1) rpc.reply = rpc.reply === "C" ? file.messages[0]!.name : "C";
  else if (change === 2) rpc.takes = !rpc.takes;
  else if (change === 3) rpc.gives = !rpc.gives;
  else rpc.idempotency = rpc.idempotency === "" ? "NO_SIDE_EFFECTS" : "";
  return true;
};

const otherSyntax: Edit = (_choice, file) => {
  if (file.syntax !== "proto3") return false;
  file.syntax = "2023";
  for (const field of fieldsOf(file)) if (field.label === "optional") field.label = "";
  return true;
};

const moveEnum: Edit = (_choice, file, files) => {
  const [moved] = file.name.endsWith("/f.proto") && file.imports.length === 0 ? file.enums.splice(-1) : [];
  if (moved === undefined) return false;
  const name = file.name.replace("f.proto", "g.proto");
  files.push({ ...file, name, enums: [moved], messages: [], services: [], extensions: [], imports: [] });
  file.imports.push(name);
  return true;
};

/** Sets an option of one of the fields that may have it, or takes it back. */
const option =
  (key: string, value: string, fits: (field: FieldText, file: FileText) => boolean): Edit =>
  (choice, file) => {
    const fields = fieldsOf(file).filter((field) => fits(field, file));
    if (fields.length === 0) return false;
    const field = choice.of(fields);
    const others = field.options.filter((each) => !each.startsWith(key));
    field.options = others.length < field.options.length ? others : [...others, `${key} = ${value}`];
    return true;
  };

/** Every kind of change, by name. */
export const edits: Readonly<Record<string, Edit>> = {
  deleteField,
  changeType,
  changeLabel,
  intoOneof,
  outOfOneof,
  renameOneof,
  deleteEnumValue,
  deleteEnum,
  deleteMessage,
  deleteInner,
  changeRpc,
  otherSyntax,
  moveEnum,
  require,
  renameField,
  renumberField,
  addField: withPlain(
    (_choice, field, message) => void message.fields.push({ ...field, name: `added_${free(message)}`, number: free(message), options: [] }),
  ),
  jsonName: option("json_name", '"otherName"', ({ name }) => !name.startsWith("ext")),
  jstype: option("jstype", "JS_STRING", ({ type, label }) => ["int64", "uint64", "fixed64"].includes(type) && label !== "map"),
  defaultValue: option(
    "default",
    "8",
    ({ type, label }, { syntax }) => type === "int32" && label !== "repeated" && label !== "map" && syntax !== "proto3",
  ),
  utf8: option(
    "features.utf8_validation",
    "NONE",
    ({ type, label }, { syntax }) => type === "string" && label !== "map" && syntax === "2023",
  ),
  renameEnumValue: (choice, file) => {
    const each = choice.of(enumsOf(file));
    const value = choice.of(each.values);
    value[0] += "_NEW";
    return true;
  },
  aliasless: (choice, file) => {
    const each = choice.of(enumsOf(file));
    each.values.push([`${each.name.toUpperCase()}_ADDED`, 20]);
    return !each.values.slice(0, -1).some(([, number]) => number === 20);
  },
  openOrClosed: (choice, file) => {
    if (file.syntax !== "2023") return false;
    const each = choice.of(enumsOf(file));
    each.closed = !each.closed;
    for (const field of fieldsOf(file)) if (field.type === each.name) Object.assign(field, { type: "int32", options: [] });
    return true;
  },
  release: (choice, file) => {
    const holding = [...messagesOf(file.messages), ...enumsOf(file)].filter(({ reserved }) => reserved.length > 0);
    if (holding.length > 0) choice.of(holding).reserved.pop();
    return holding.length > 0;
  },
  deleteExtension: (_choice, file) => file.extensions.pop() !== undefined,
  shrinkExtensions: (_choice, file) => {
    const message = file.messages.find(({ extensionRange }) => extensionRange !== undefined);
    if (message !== undefined) message.extensionRange = [100, 150];
    return message !== undefined;
  },
  noExtensions: (_choice, file) => {
    const message = file.messages.find(({ extensionRange }) => extensionRange !== undefined);
    if (message === undefined) return false;
    message.extensionRange = undefined;
    file.extensions = [];
    return true;
  },
  deleteService: (_choice, file) => file.services.pop() !== undefined,
  deleteRpc: (_choice, file) => file.services[0]?.rpcs.pop() !== undefined,
  changePackage: (_choice, file) => {
    file.package += "x";
    return true;
  },
  deleteFile: (_choice, file, files) => {
    if (!files.includes(file) || file.imports.length > 0 || files.some(({ imports }) => imports.includes(file.name))) return false;
    files.splice(files.indexOf(file), 1);
    return true;
  },
  renameFile: (_choice, file, files) => {
    if (files.some(({ imports }) => imports.includes(file.name))) return false;
    file.name = file.name.replace("f.proto", "renamed.proto");
    return true;
  },
};
