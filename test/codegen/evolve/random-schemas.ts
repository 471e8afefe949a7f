import type { Choice } from "../../support/choice.ts";

/** A schema that is easily changed, and printed when it has been. */
export interface FileText {
  name: string;
  package: string;
  syntax: "proto2" | "proto3" | "2023";
  messages: MessageText[];
  enums: EnumText[];
  services: ServiceText[];
  extensions: FieldText[];
  imports: string[];
}

export interface MessageText {
  name: string;
  fields: FieldText[];
  messages: MessageText[];
  enums: EnumText[];
  reserved: (string | number)[];
  extensionRange: readonly [number, number] | undefined;
}

export interface FieldText {
  label: "" | "optional" | "repeated" | "required" | "map";
  type: string;
  name: string;
  number: number;
  oneof: string;
  options: string[];
}

export interface EnumText {
  name: string;
  closed: boolean | undefined;
  values: [name: string, number: number][];
  reserved: (string | number)[];
}

export interface ServiceText {
  name: string;
  rpcs: { name: string; request: string; reply: string; takes: boolean; gives: boolean; idempotency: string }[];
}

const scalars = [
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "sfixed32",
  "fixed64",
  "sfixed64",
  "bool",
  "string",
  "bytes",
  "double",
];

/** A file of its own package, with something of everything. */
export function randomFile(choice: Choice, number: number): FileText {
  const syntax = choice.of(["proto3", "proto3", "proto2", "2023"] as const);
  const file: FileText = {
    name: `p${number}/f.proto`,
    package: `p${number}.v1`,
    syntax,
    messages: [],
    enums: [],
    services: [],
    extensions: [],
    imports: [],
  };
  file.enums = [randomEnum(choice, "Kind", "KIND", syntax), randomEnum(choice, "Color", "COLOR", syntax)];
  file.messages = ["A", "B", "C"].map((name) => randomMessage(choice, file, name, 0));
  file.services = [
    {
      name: "S",
      rpcs: ["Join", "Leave", "Watch"].map((name) => ({
        name,
        request: "A",
        reply: "B",
        takes: choice.once(4),
        gives: choice.once(3),
        idempotency: choice.of(["", "IDEMPOTENT"]),
      })),
    },
  ];
  if (syntax !== "proto3") {
    file.messages[2]!.extensionRange = [100, 199];
    file.extensions = [110, 120].map((at) => randomField(choice, file, `ext${at}`, at, false));
  }
  return file;
}

function randomEnum(choice: Choice, name: string, prefix: string, syntax: FileText["syntax"]): EnumText {
  const values = ["UNSPECIFIED", "ONE", "TWO", "THREE"].map((value, at): [string, number] => [`${prefix}_${value}`, at]);
  return {
    name,
    closed: syntax === "2023" && choice.once(2) ? choice.once(2) : undefined,
    values,
    reserved: choice.once(2) ? [50, `${prefix}_OLD`] : [],
  };
}

function randomMessage(choice: Choice, file: FileText, name: string, depth: number): MessageText {
  const message: MessageText = {
    name,
    fields: [],
    messages: [],
    enums: [],
    reserved: choice.once(2) ? [40, "old"] : [],
    extensionRange: undefined,
  };
  if (depth === 0 && choice.once(2)) message.messages = [randomMessage(choice, file, "Inner", 1)];
  if (depth === 0 && choice.once(2)) message.enums = [randomEnum(choice, "Mode", `${name.toUpperCase()}_MODE`, file.syntax)];
  for (let number = 1; number <= 5; number++) message.fields.push(randomField(choice, file, `field_${number}`, number, true));
  if (choice.once(2))
    for (const number of [6, 7])
      message.fields.push({ ...randomField(choice, file, `choice_${number}`, number, false), label: "", oneof: "which" });
  return message;
}

function randomField(choice: Choice, file: FileText, name: string, number: number, map: boolean): FieldText {
  const label = choice.of(labelsOf(file.syntax, map));
  const field: FieldText = { label, type: randomType(choice), name, number, oneof: "", options: [] };
  if (choice.once(8) && map) field.options.push(`json_name = "j${number}"`);
  if (file.syntax !== "proto3" && label === "optional" && field.type === "int32" && choice.once(2)) field.options.push("default = 7");
  return field;
}

export const randomType = (choice: Choice): string => choice.of([...scalars, "A", "B", "Kind", "Color"]);

export function labelsOf(syntax: FileText["syntax"], map: boolean): readonly FieldText["label"][] {
  const maps = map ? (["map"] as const) : [];
  if (syntax === "proto3") return ["", "", "optional", "repeated", ...maps];
  return syntax === "proto2"
    ? ["optional", "optional", "repeated", ...(map ? (["required"] as const) : []), ...maps]
    : ["", "repeated", ...maps];
}

export function print(file: FileText): string {
  const head = file.syntax === "2023" ? 'edition = "2023";' : `syntax = "${file.syntax}";`;
  const lines = [
    head,
    `package ${file.package};`,
    ...file.imports.map((each) => `import "${each}";`),
    ...file.enums.flatMap((each) => printEnum(each, file, "")),
    ...file.messages.flatMap((each) => printMessage(each, file, "")),
  ];
  for (const { name, rpcs } of file.services) {
    lines.push(`service ${name} {`);
    for (const { name: rpc, request, reply, takes, gives, idempotency } of rpcs) {
      const body = idempotency === "" ? ";" : ` { option idempotency_level = ${idempotency}; }`;
      lines.push(`  rpc ${rpc}(${takes ? "stream " : ""}${request}) returns (${gives ? "stream " : ""}${reply})${body}`);
    }
    lines.push("}");
  }
  if (file.extensions.length > 0) lines.push("extend C {", ...file.extensions.map((field) => `  ${printField(field)}`), "}");
  return `${lines.join("\n")}\n`;
}

function printEnum({ name, closed, values, reserved }: EnumText, file: FileText, indent: string): string[] {
  const feature = closed === undefined ? [] : [`${indent}  option features.enum_type = ${closed ? "CLOSED" : "OPEN"};`];
  return [
    `${indent}enum ${name} {`,
    ...feature,
    ...values.map(([value, number]) => `${indent}  ${value} = ${number};`),
    ...printReserved(reserved, file, indent),
    `${indent}}`,
  ];
}

function printMessage({ name, fields, messages, enums, reserved, extensionRange }: MessageText, file: FileText, indent: string): string[] {
  const inner = `${indent}  `;
  const lines = [
    `${indent}message ${name} {`,
    ...enums.flatMap((each) => printEnum(each, file, inner)),
    ...messages.flatMap((each) => printMessage(each, file, inner)),
  ];
  for (const field of fields.filter(({ oneof }) => oneof === "")) lines.push(inner + printField(field));
  for (const oneof of new Set(fields.map((field) => field.oneof))) {
    if (oneof !== "")
      lines.push(
        `${inner}oneof ${oneof} {`,
        ...fields.filter((field) => field.oneof === oneof).map((field) => `${inner}  ${printField({ ...field, label: "" })}`),
        `${inner}}`,
      );
  }
  if (extensionRange !== undefined) lines.push(`${inner}extensions ${extensionRange[0]} to ${extensionRange[1]};`);
  return [...lines, ...printReserved(reserved, file, indent), `${indent}}`];
}

/** Editions reserve names as they are, without quotes. */
function printReserved(reserved: readonly (string | number)[], { syntax }: FileText, indent: string): string[] {
  return reserved.map((each) => `${indent}  reserved ${typeof each === "number" || syntax === "2023" ? each : `"${each}"`};`);
}

function printField({ label, type, name, number, options }: FieldText): string {
  const suffix = options.length === 0 ? "" : ` [${options.join(", ")}]`;
  const typed = label === "map" ? `map<string, ${type}>` : `${label === "" ? "" : `${label} `}${type}`;
  return `${typed} ${name} = ${number}${suffix};`;
}
