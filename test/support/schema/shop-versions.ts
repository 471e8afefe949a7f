/** Six versions of one schema. Each command is about one kind of change, and both sides handle a service of all commands. */
export const versions = [1, 2, 3, 4, 5, 6] as const;

export type Version = (typeof versions)[number];

/** The text as it is from a version on, the last that has begun. */
type Texts = Readonly<Partial<Record<Version, string>>>;

function at(version: Version, texts: Texts): string {
  return versions.filter((since) => since <= version).reduce((text, since) => texts[since] ?? text, "");
}

const messages: Readonly<Record<string, Texts>> = {
  // Fields come and go; an echo keeps what its handler does not know.
  Item: {
    1: "string name = 1; uint32 count = 2; repeated string tags = 3; map<string, int32> stock = 4; Item part = 5;",
    2: "string name = 1; uint32 count = 2; repeated string tags = 3; map<string, int32> stock = 4; Item part = 5; double weight = 6; repeated Item parts = 7;",
    3: "string name = 1; uint32 count = 2; map<string, int32> stock = 4; Item part = 5; double weight = 6; repeated Item parts = 7;",
    5: "string title = 1; uint32 count = 2; Item part = 5; double weight = 6; repeated Item parts = 7; oneof maker { string person = 8; Item tool = 9; }",
  },
  CountRequest: {
    1: "uint32 n = 1; int32 i = 2; string s = 3; sint32 z = 4; repeated uint32 many = 5; map<uint32, string> by = 6; Mood mood = 7;",
    2: "uint64 n = 1; int64 i = 2; bytes s = 3; sint64 z = 4; repeated int64 many = 5; map<int64, bytes> by = 6; int64 mood = 7;",
  },
  CountReply: { 1: "uint32 total = 1; int32 rest = 2;", 3: "uint64 total = 1; int64 rest = 2;" },
  FindRequest: { 1: "int32 id = 1; string note = 2;", 4: "string id = 1; string note = 2;" },
  WatchRequest: { 1: "string what = 1;" },
  Event: { 1: "string text = 1; fixed64 at = 2;" },
  RateRequest: { 1: "Level level = 1 [features.field_presence = EXPLICIT]; repeated Level more = 2;" },
  Feeling: { 1: "Mood mood = 1; repeated Mood before = 2; map<string, Mood> of = 3;" },
  Payment: {
    1: "oneof way { string card = 1; int64 cash = 2; Item goods = 3; } bool tip = 5;",
    2: "oneof way { string card = 1; int64 cash = 2; Item goods = 3; bytes token = 4; } bool tip = 5;",
    5: "oneof way { string card = 1; Item goods = 3; } oneof change { int64 cash = 2; bytes token = 4; } bool tip = 5;",
  },
  StrictRequest: {
    1: "string name = 1; uint32 seal = 2 [features.field_presence = EXPLICIT];",
    6: "string name = 1; uint32 seal = 2 [features.field_presence = LEGACY_REQUIRED];",
  },
  ManyRequest: { 1: "string name = 1;", 6: "repeated string name = 1;" },
  Done: { 1: "uint32 number = 1;" },
};

const enums: Readonly<Record<string, Texts>> = {
  Mood: { 1: "CALM = 0; GLAD = 1;", 2: "CALM = 0; GLAD = 1; SORE = 2;", 5: "CALM = 0; SORE = 2; PROUD = 3;" },
  Level: {
    1: "option features.enum_type = CLOSED; LOW = 0; HIGH = 5;",
    4: "option features.enum_type = CLOSED; LOW = 0; HIGH = 5; HIGHEST = 9;",
  },
};

/** What comes back for a request: the request itself, or something of the handler's own. */
export interface CommandPlan {
  readonly text: Texts;
  readonly echo: boolean;
  /**
   * For each version of the caller, from 1 on, what becomes of calls to each version of the handler: `o` they work, `x` one side would misread them, `-`
   * the handler has no such command. Empty for a caller that has none.
   */
  readonly expected: readonly string[];
}

const all = ["oooooo", "oooooo", "oooooo", "oooooo", "oooooo", "oooooo"];

export const commands: Readonly<Record<string, CommandPlan>> = {
  Echo: { text: { 1: "(Item) returns (Item)" }, echo: true, expected: all },
  List: { text: { 1: "(Item) returns (stream Item)" }, echo: true, expected: all },
  Chat: { text: { 1: "(stream Item) returns (stream Item)" }, echo: true, expected: all },
  Gather: { text: { 1: "(stream Item) returns (Item)" }, echo: true, expected: all },
  Tell: { text: { 1: "(Item) returns (zserver.None)" }, echo: false, expected: all },
  Feel: { text: { 1: "(Feeling) returns (Feeling)" }, echo: true, expected: all },
  // Requests are wider from version 2 on, replies from version 3 on.
  Count: {
    text: { 1: "(CountRequest) returns (CountReply)" },
    echo: false,
    expected: ["ooxxxx", "xoxxxx", "xooooo", "xooooo", "xooooo", "xooooo"],
  },
  Find: {
    text: { 1: "(FindRequest) returns (Done)" },
    echo: false,
    expected: ["oooxxx", "oooxxx", "oooxxx", "xxxooo", "xxxooo", "xxxooo"],
  },
  Drop: { text: { 1: "(Item) returns (Done)", 3: "" }, echo: false, expected: ["oo----", "oo----", "", "", "", ""] },
  Extra: { text: { 3: "(Item) returns (Done)" }, echo: false, expected: ["", "", "--oooo", "--oooo", "--oooo", "--oooo"] },
  Watch: {
    text: { 1: "(WatchRequest) returns (stream Event)", 5: "(WatchRequest) returns (Event)" },
    echo: false,
    expected: ["ooooxx", "ooooxx", "ooooxx", "ooooxx", "xxxxoo", "xxxxoo"],
  },
  Rate: {
    text: { 1: "(RateRequest) returns (Done)" },
    echo: false,
    expected: ["oooooo", "oooooo", "oooooo", "xxxooo", "xxxooo", "xxxooo"],
  },
  Pay: { text: { 1: "(Payment) returns (Payment)" }, echo: true, expected: ["ooooxx", "ooooxx", "ooooxx", "ooooxx", "xxxxoo", "xxxxoo"] },
  Strict: {
    text: { 1: "(StrictRequest) returns (Done)" },
    echo: false,
    expected: ["ooooox", "ooooox", "ooooox", "ooooox", "ooooox", "oooooo"],
  },
  Many: {
    text: { 1: "(ManyRequest) returns (Done)" },
    echo: false,
    expected: ["ooooox", "ooooox", "ooooox", "ooooox", "ooooox", "xxxxxo"],
  },
};

/** The schema of a version, for `shop/v1/shop.proto`. */
export function protoOf(version: Version): string {
  const declare = (keyword: string, texts: Readonly<Record<string, Texts>>): string[] =>
    Object.entries(texts).map(([name, text]) => `${keyword} ${name} { ${at(version, text)} }`);
  const rpcs = Object.entries(commands).flatMap(([name, { text }]) => (at(version, text) === "" ? [] : `rpc ${name}${at(version, text)};`));
  const service = (name: string, side: string): string =>
    `service ${name} { option (zserver.service) = { side: ${side} }; ${rpcs.join(" ")} }`;
  return [
    'edition = "2023"; package shop.v1; import "zserver/options.proto"; option features.field_presence = IMPLICIT;',
    ...declare("message", messages),
    ...declare("enum", enums),
    service("Shop", "SERVER"),
    service("Buyer", "CLIENT"),
  ].join("\n");
}
