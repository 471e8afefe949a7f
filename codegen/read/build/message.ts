import type { Enum, Message, Oneof, Range } from "../../model/schema.ts";
import type { Features } from "../features.ts";
import { messageOption } from "../options/resolved.ts";
import type { EnumNode, MessageNode, OneofNode, RangeNode } from "../syntax/ast.ts";
import type { Builder } from "./builder.ts";
import { buildElement, freezeAll } from "./element.ts";
import { buildExtension, buildField } from "./field.ts";

const unbounded = Object.freeze({ maxElements: 0 });

export function buildMessage(builder: Builder, node: MessageNode, parent: Features): Message {
  const features = builder.featuresOf(node, parent);
  const { max_elements: maxElements } = messageOption(node.resolvedOptions, "[zserver.message]");
  return {
    ...buildElement(builder.file.source, node, builder.deprecated),
    fields: freezeAll(node.fields, (field) => buildField(builder, field, features)),
    oneofs: freezeAll(node.oneofs, (oneof) => buildOneof(builder, oneof)),
    messages: freezeAll(node.messages, (message) => buildMessage(builder, message, features)),
    enums: freezeAll(node.enums, (inner) => buildEnum(builder, inner)),
    extensions: freezeAll(node.extensions, (extension) => buildExtension(builder, extension, features)),
    reservedNumbers: freezeAll(node.reserved.ranges, buildRange),
    reservedNames: Object.freeze(node.reserved.names.map((name) => name.text)),
    extensionRanges: freezeAll(node.extensionRanges, buildRange),
    zserver: typeof maxElements === "number" ? Object.freeze({ maxElements }) : unbounded,
  };
}

function buildOneof(builder: Builder, node: OneofNode): Oneof {
  const { options: _, ...element } = buildElement(builder.file.source, node);
  return { ...element, fields: Object.freeze(node.fields.map((field) => field.name.text)) };
}

export function buildEnum(builder: Builder, node: EnumNode): Enum {
  const { source } = builder.file;
  return {
    ...buildElement(source, node, builder.deprecated),
    values: freezeAll(node.values, (value) => ({ ...buildElement(source, value), number: value.number })),
    closed: builder.isClosed(node),
    allowAlias: node.resolvedOptions.values.allow_alias === true,
    reservedNumbers: freezeAll(node.reserved.ranges, buildRange),
    reservedNames: Object.freeze(node.reserved.names.map((name) => name.text)),
  };
}

function buildRange({ from, to }: RangeNode): Range {
  return { from, to };
}
