import { encode } from "../../runtime/schema/codec.ts";
import { ServiceDescription } from "../../generated/zserver/protocol/v1/schema.ts";
import type { Rule } from "../../runtime/schema/compatibility/compare-fields.ts";
import { type DescriptionLimits, descriptionLimits } from "../../runtime/schema/compatibility/description-limits.ts";
import type { MessageRelation } from "../../runtime/schema/compatibility/message-relation.ts";
import { readDescription } from "../../runtime/schema/compatibility/read-description.ts";
import { compareServices } from "../../runtime/schema/compatibility/service-relation.ts";
import type { ServiceShape } from "../../runtime/schema/compatibility/service-shape.ts";
import { type DescribedService, describeService } from "../describe/describe-service.ts";
import type { Field, Message, Position, Service } from "../model/schema.ts";
import { mode } from "./commands.ts";
import { cardinality, subject, typeName } from "./fields.ts";
import type { Check } from "./rule.ts";
import { type Pair, type SchemaIndex, type SchemaPair, servicePairs, shortName } from "./schema-pair.ts";

/** A rule of the relation that peers compute when they connect, held against peers of the one state and of the other. */
export function readable(rule: Rule): Check {
  return (schemas, report) => {
    for (const finding of findingsOf(schemas)) if (finding.rule === rule) report(finding.position, `${finding.what}: ${who(finding)}`);
  };
}

/** A state of a service, as a peer of that state tells it. */
interface State {
  readonly described: DescribedService;
  readonly shape: ServiceShape;
  readonly schema: SchemaIndex;
}

interface Finding {
  readonly rule: Rule;
  readonly position: Position;
  readonly what: string;
  /** Which side does not read what the other one writes. */
  readonly readers: Set<keyof Pair<unknown>>;
}

function who({ readers }: Finding): string {
  if (readers.size === 2) return "neither version reads what the other one writes";
  return readers.has("after") ? "what older peers write is not read" : "older peers do not read it";
}

/** Each finding once, wherever its message is carried; computed once for all rules. */
const findings = new WeakMap<SchemaPair, readonly Finding[]>();

function findingsOf(schemas: SchemaPair): readonly Finding[] {
  const known = findings.get(schemas);
  if (known !== undefined) return known;
  const found = new Map<string, Finding>();
  for (const pair of servicePairs(schemas)) compareStates(pair, schemas, found);
  findings.set(schemas, [...found.values()]);
  return findings.get(schemas)!;
}

function compareStates(services: Pair<Service>, schemas: SchemaPair, found: Map<string, Finding>): void {
  const states = { before: stateOf(services.before, schemas.before), after: stateOf(services.after, schemas.after) };
  for (const [caller, handler] of [
    ["before", "after"],
    ["after", "before"],
  ] as const) {
    const { commands, requests, replies } = compareServices(states[caller].shape, states[handler].shape);
    for (const [name, relation] of commands) if (relation.kind === "mismatch" && relation.rule === "MODE") addMode(name, services, found);
    addFailures(requests, { writer: caller, reader: handler }, states, found);
    addFailures(replies, { writer: handler, reader: caller }, states, found);
  }
}

/** A schema is no peer. */
const unlimited: DescriptionLimits = Object.fromEntries(
  Object.keys(descriptionLimits).map((limit) => [limit, Number.MAX_SAFE_INTEGER]),
) as Readonly<Record<keyof DescriptionLimits, number>>;

function stateOf(service: Service, schema: SchemaIndex): State {
  const described = describeService(service, schema.described);
  return { described, shape: readDescription(encode(ServiceDescription, described.description), unlimited), schema };
}

function addMode(name: string, { before, after }: Pair<Service>, found: Map<string, Finding>): void {
  const [was, is] = [before, after].map(({ commands }) => commands.find((command) => command.name === name)!);
  const what = `${shortName(is!)} was ${mode(was!)} and is ${mode(is!)}`;
  found.set(is!.fullName, { rule: "MODE", position: is!.position, what, readers: new Set(["before", "after"]) });
}

interface Roles {
  readonly writer: keyof Pair<unknown>;
  readonly reader: keyof Pair<unknown>;
}

function addFailures(relation: MessageRelation, { writer, reader }: Roles, states: Pair<State>, found: Map<string, Finding>): void {
  for (const pair of relation.pairs()) {
    const places = { [writer]: pair.writer, [reader]: pair.reader } as Record<keyof Pair<unknown>, number>;
    const before = states.before.described.messages[places.before]!;
    const after = states.after.described.messages[places.after]!;
    for (const { rule, field } of pair.failures) {
      const was = fieldOf(before, field, states.before);
      const is = fieldOf(after, field, states.after);
      const { file, line, column } = (is ?? after).position;
      const key = [rule, file, line, column, was?.fullName].join(" ");
      const finding = found.get(key) ?? {
        rule,
        position: (is ?? after).position,
        what: describe(rule, after, was, is),
        readers: new Set(),
      };
      finding.readers.add(reader);
      found.set(key, finding);
    }
  }
}

function fieldOf(message: Message, number: number, { schema }: State): Field | undefined {
  return schema.described.fieldsOf(message).find((field) => field.number === number);
}

function describe(rule: Rule, { name }: Message, was: Field | undefined, is: Field | undefined): string {
  const field = is ?? was;
  if (field === undefined) return `message ${name} meets too many others`;
  if (rule === "ENUM_VALUES") return `the closed enum of ${subject(field)} has other numbers than it had`;
  return `${subject(field)} was ${shown(was)} and is ${shown(is)}`;
}

function shown(field: Field | undefined): string {
  if (field === undefined) return "not there";
  const { mapKey, oneof } = field;
  const type = mapKey === undefined ? typeName(field) : `map<${mapKey}, ${typeName(field)}>`;
  const often = mapKey === undefined && oneof === undefined ? `${cardinality(field)} ` : "";
  return `${often}${type}${oneof === undefined ? "" : ` in oneof ${oneof}`}`;
}
