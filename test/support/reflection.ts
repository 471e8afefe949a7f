import { createRequire } from "node:module";
import type { Field, File, Message } from "../../codegen/model/schema.ts";

/** The parts of protobufjs's reflection that the comparison reads; its own types hide the resolved features. */
interface Reflection {
  readonly name: string;
  readonly fullName: string;
  readonly nestedArray?: readonly Reflection[];
  readonly fieldsArray?: readonly ReflectedField[];
  readonly methodsArray?: readonly (Reflection & ReflectedMethod)[];
  readonly values?: Readonly<Record<string, number>>;
  readonly extend?: string;
}

interface ReflectedField extends Reflection {
  readonly id: number;
  readonly type: string;
  readonly keyType?: string;
  readonly repeated: boolean;
  readonly required: boolean;
  readonly hasPresence: unknown;
  readonly packed: boolean;
  readonly delimited: boolean;
  readonly declaringField: unknown;
  readonly resolvedType: Reflection | null;
  readonly partOf: Reflection | null;
  readonly jsonName: string;
}

interface ReflectedMethod {
  readonly resolvedRequestType: Reflection;
  readonly resolvedResponseType: Reflection;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
}

interface ReflectedRoot extends Reflection {
  resolveAll(): ReflectedRoot;
}

const protobuf: {
  readonly Root: new () => ReflectedRoot;
  parse(text: string, root: ReflectedRoot, options: { keepCase: boolean }): { readonly package?: string };
} = createRequire(import.meta.url)("protobufjs");

/** What protobufjs makes of the last of the texts, which may use the others: types and features resolved, one line a declaration, sorted. */
export function declarationsOfReflection(texts: readonly string[], packageName: string): readonly string[] {
  const root = new protobuf.Root();
  for (const text of texts) protobuf.parse(text, root, { keepCase: true });
  root.resolveAll();
  const inPackage = (line: string): boolean => line.split(" ")[1]!.startsWith(packageName === "" ? "." : `.${packageName}.`);
  return (root.nestedArray ?? []).flatMap(reflected).filter(inPackage).sort();
}

function reflected(object: Reflection): string[] {
  const inner = [
    ...(object.nestedArray ?? []).flatMap(reflected),
    ...(object.fieldsArray ?? []).filter((field) => !field.declaringField).map(reflectedField),
  ];
  const methods = (object.methodsArray ?? []).map((method) => {
    const streams = `${method.requestStream ? "stream " : ""}>${method.responseStream ? " stream" : ""}`;
    return `rpc ${method.fullName} ${method.resolvedRequestType.fullName} ${streams} ${method.resolvedResponseType.fullName}`;
  });
  const values = Object.entries(object.values ?? {}).map(([name, number]) => `value ${object.fullName} ${name} ${number}`);
  return [...inner, ...methods, ...values, ...(object.fieldsArray ? [`message ${object.fullName}`] : [])];
}

function reflectedField(field: ReflectedField): string {
  const type = field.resolvedType ? field.resolvedType.fullName : field.type;
  const shape = field.keyType ? `map ${field.keyType} ${type}` : `${field.repeated ? "repeated " : ""}${type}`;
  // protobufjs says of messages in proto3 that they have no presence.
  const explicit = field.hasPresence || field.resolvedType?.fieldsArray !== undefined;
  const presence = field.repeated || field.keyType ? "" : field.required ? " required" : explicit ? " explicit" : " implicit";
  const packable = field.repeated && !/^(string|bytes|\.)/.test(type) && field.packed;
  return `field ${field.fullName} ${field.id} ${field.jsonName} ${shape}${presence}${packable ? " packed" : ""}${field.delimited && !field.keyType ? " delimited" : ""}`;
}

/** The same of the model; extensions are left out, since protobufjs keeps them twice. */
export function reflectionOfModel(file: File): readonly string[] {
  const methods = file.services.flatMap(({ commands }) =>
    commands.map((command) => {
      const streams = `${command.requestStream ? "stream " : ""}>${command.responseStream ? " stream" : ""}`;
      return `rpc .${command.fullName} .${command.request} ${streams} .${command.response}`;
    }),
  );
  return [...file.messages.flatMap(modelMessage), ...file.enums.flatMap(modelEnum), ...methods].sort();
}

function modelMessage(message: Message): string[] {
  return [
    `message .${message.fullName}`,
    ...message.fields.map(modelField),
    ...message.messages.flatMap(modelMessage),
    ...message.enums.flatMap(modelEnum),
  ];
}

function modelEnum(node: File["enums"][number]): string[] {
  return node.values.map((value) => `value .${node.fullName} ${value.name} ${value.number}`);
}

function modelField(field: Field): string {
  const type = field.value.kind === "scalar" ? field.value.type : `.${field.value.type}`;
  const shape = field.mapKey ? `map ${field.mapKey} ${type}` : `${field.cardinality === "repeated" ? "repeated " : ""}${type}`;
  const presence = field.cardinality === "singular" ? ` ${field.presence}` : "";
  const delimited = field.value.kind === "message" && field.value.delimited ? " delimited" : "";
  const packed = field.packed && field.value.kind === "scalar" ? " packed" : "";
  return `field .${field.fullName} ${field.number} ${field.jsonName} ${shape}${presence}${packed}${delimited}`;
}
