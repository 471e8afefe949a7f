import * as commands from "./commands.ts";
import * as compatible from "./compatible.ts";
import * as deletions from "./deletions.ts";
import * as enums from "./enums.ts";
import * as fields from "./fields.ts";
import * as files from "./files.ts";
import * as numbers from "./numbers.ts";
import * as options from "./options.ts";
import { type BreakingRule, bufCategories, categories, type Category, type Check } from "./rule.ts";
import * as services from "./services.ts";
import { readable } from "./session.ts";

const FILE: readonly Category[] = ["FILE"];
const PACKAGE: readonly Category[] = ["PACKAGE"];
const TYPES: readonly Category[] = ["FILE", "PACKAGE"];
const NAMES: readonly Category[] = ["FILE", "PACKAGE", "WIRE_JSON"];
const ALL: readonly Category[] = bufCategories;

const SESSION: readonly Category[] = ["SESSION"];
const EVERY: readonly Category[] = categories;

const rule = (named: readonly Category[], says: string, check: Check): BreakingRule => ({ says, categories: named, check });

/** buf's rules under buf's names, without those about file options of other languages. */
export const bufRules: Readonly<Record<string, BreakingRule>> = {
  EXTENSION_NO_DELETE: rule(FILE, "A file keeps its extensions.", deletions.extensionNoDelete),
  SERVICE_NO_DELETE: rule(FILE, "A file keeps its services.", deletions.serviceNoDelete),
  ENUM_NO_DELETE: rule(FILE, "A file keeps its enums.", deletions.enumNoDelete),
  FILE_NO_DELETE: rule(FILE, "Files stay.", files.fileNoDelete),
  MESSAGE_NO_DELETE: rule(FILE, "A file keeps its messages.", deletions.messageNoDelete),
  PACKAGE_ENUM_NO_DELETE: rule(PACKAGE, "A package keeps its enums.", deletions.packageEnumNoDelete),
  PACKAGE_EXTENSION_NO_DELETE: rule(PACKAGE, "A package keeps its extensions.", deletions.packageExtensionNoDelete),
  PACKAGE_MESSAGE_NO_DELETE: rule(PACKAGE, "A package keeps its messages.", deletions.packageMessageNoDelete),
  PACKAGE_NO_DELETE: rule(PACKAGE, "Packages stay.", deletions.packageNoDelete),
  PACKAGE_SERVICE_NO_DELETE: rule(PACKAGE, "A package keeps its services.", deletions.packageServiceNoDelete),
  ENUM_SAME_TYPE: rule(TYPES, "Enums stay open or closed.", enums.enumSameType),
  FIELD_SAME_CARDINALITY: rule(TYPES, "Fields keep their cardinality.", fields.fieldSameCardinality),
  FIELD_SAME_JSTYPE: rule(TYPES, "Fields keep jstype.", fields.fieldSameJstype),
  FIELD_SAME_UTF8_VALIDATION: rule(TYPES, "Strings keep their UTF-8 validation.", fields.fieldSameUtf8Validation),
  RPC_NO_DELETE: rule(TYPES, "A service keeps its commands.", deletions.rpcNoDelete),
  ENUM_VALUE_NO_DELETE: rule(TYPES, "An enum keeps its values.", numbers.enumValueNoDelete),
  EXTENSION_MESSAGE_NO_DELETE: rule(TYPES, "A message keeps its extension ranges.", numbers.extensionMessageNoDelete),
  FIELD_NO_DELETE: rule(TYPES, "A message keeps its fields.", numbers.fieldNoDelete),
  FIELD_SAME_TYPE: rule(TYPES, "Fields keep their type.", fields.fieldSameType),
  FILE_SAME_SYNTAX: rule(TYPES, "Files keep their syntax.", files.fileSameSyntax),
  ONEOF_NO_DELETE: rule(TYPES, "A message keeps its oneofs.", deletions.oneofNoDelete),
  ENUM_VALUE_SAME_NAME: rule(NAMES, "Values of enums keep their names.", enums.enumValueSameName),
  FIELD_SAME_JSON_NAME: rule(NAMES, "Fields keep their JSON names.", fields.fieldSameJsonName),
  FIELD_SAME_NAME: rule(NAMES, "Fields keep their names.", fields.fieldSameName),
  FIELD_SAME_DEFAULT: rule(ALL, "Fields keep their default.", fields.fieldSameDefault),
  FIELD_SAME_ONEOF: rule(ALL, "Fields stay in their oneof, or out of one.", fields.fieldSameOneof),
  FILE_SAME_PACKAGE: rule(ALL, "Files keep their package.", files.fileSamePackage),
  MESSAGE_SAME_REQUIRED_FIELDS: rule(ALL, "No field becomes required, or stops being so.", fields.messageSameRequiredFields),
  RESERVED_ENUM_NO_DELETE: rule(ALL, "What an enum reserves stays reserved.", numbers.reservedEnumNoDelete),
  RESERVED_MESSAGE_NO_DELETE: rule(ALL, "What a message reserves stays reserved.", numbers.reservedMessageNoDelete),
  RPC_SAME_CLIENT_STREAMING: rule(ALL, "Commands go on taking a stream, or not.", services.rpcSameClientStreaming),
  RPC_SAME_IDEMPOTENCY_LEVEL: rule(ALL, "Commands keep their idempotency.", services.rpcSameIdempotencyLevel),
  RPC_SAME_REQUEST_TYPE: rule(ALL, "Commands keep their request.", services.rpcSameRequestType),
  RPC_SAME_RESPONSE_TYPE: rule(ALL, "Commands keep their reply.", services.rpcSameResponseType),
  RPC_SAME_SERVER_STREAMING: rule(ALL, "Commands go on giving a stream, or not.", services.rpcSameServerStreaming),
  ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED: rule(
    ["WIRE_JSON"],
    "The name of a value that is gone is reserved.",
    numbers.enumValueNoDeleteUnlessNameReserved,
  ),
  FIELD_NO_DELETE_UNLESS_NAME_RESERVED: rule(
    ["WIRE_JSON"],
    "The name of a field that is gone is reserved.",
    numbers.fieldNoDeleteUnlessNameReserved,
  ),
  FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY: rule(
    ["WIRE_JSON"],
    "JSON of one cardinality is read as the other.",
    compatible.fieldWireJsonCompatibleCardinality,
  ),
  FIELD_WIRE_JSON_COMPATIBLE_TYPE: rule(["WIRE_JSON"], "JSON of one type is read as the other.", compatible.fieldWireJsonCompatibleType),
  ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED: rule(
    ["WIRE_JSON", "WIRE"],
    "The number of a value that is gone is reserved.",
    numbers.enumValueNoDeleteUnlessNumberReserved,
  ),
  FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED: rule(
    ["WIRE_JSON", "WIRE"],
    "The number of a field that is gone is reserved.",
    numbers.fieldNoDeleteUnlessNumberReserved,
  ),
  FIELD_WIRE_COMPATIBLE_CARDINALITY: rule(["WIRE"], "One cardinality is read as the other.", compatible.fieldWireCompatibleCardinality),
  FIELD_WIRE_COMPATIBLE_TYPE: rule(["WIRE"], "One type is read as the other.", compatible.fieldWireCompatibleType),
};

/** zgen's own, about what other tools know nothing of. */
const ownRules: Readonly<Record<string, BreakingRule>> = {
  COMMAND_NO_DELETE: rule(EVERY, "Commands stay, also where their service goes.", commands.commandNoDelete),
  COMMAND_NO_REUSE: rule(ALL, "A name that a released command had is not given to another one.", commands.commandNoReuse),
  COMMAND_SAME_MODE: rule(ALL, "Commands stay one-way, request, deferred or stream.", commands.commandSameMode),
  OPTION_TIGHTENED: rule(ALL, "Options of zserver allow what they allowed.", options.optionTightened),
  SERVICE_SAME_SIDE: rule(EVERY, "Services keep the side that handles them.", commands.serviceSameSide),
};

/** What peers hold against each other when they connect, by the same code. */
export const sessionRules: Readonly<Record<string, BreakingRule>> = {
  SESSION_CARDINALITY: rule(SESSION, "One value, many values and a map are read as nothing else.", readable("CARDINALITY")),
  SESSION_COMPLEXITY: rule(SESSION, "Two versions can be compared in reasonable time.", readable("COMPLEXITY")),
  SESSION_ENUM_VALUES: rule(SESSION, "Closed enums of a reader have all numbers of a writer's.", readable("ENUM_VALUES")),
  SESSION_MODE: rule(SESSION, "Commands travel in the same way.", readable("MODE")),
  SESSION_ONEOF: rule(SESSION, "No field moves into a oneof, out of one, or into another.", readable("ONEOF")),
  SESSION_REQUIRED: rule(SESSION, "A reader requires nothing that a writer may leave out.", readable("REQUIRED")),
  SESSION_TYPE: rule(SESSION, "A reader's type holds all values of a writer's, in the same bytes.", readable("TYPE")),
};

export const breakingRules: Readonly<Record<string, BreakingRule>> = { ...bufRules, ...ownRules, ...sessionRules };
