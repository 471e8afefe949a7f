import { type Choice, choiceOf } from "../../support/choice.ts";

const types = ["Item", "HTTPStatus", "V2Item", "Foo1Bar", "bad_item", "lower", "Snake_Case", "X", "ABTest1"];
const values = ["UNSPECIFIED", "ON", "off", "Mixed_Case", "A__B", "V2", "ON_"];
const fields = ["room", "room_id", "line2", "line_2", "roomId", "Room", "a__b", "_a", "b_", "x1y"];
const commands = ["Join", "GetItem", "join", "Do_It", "V2Join"];
const suffixes = ["Service", "Service", "API", ""];
const versions = ["v1", "v1", "v2beta1", "v1p1alpha", "v1test", "v0", "v01", "version1", "x"];
const folders = ["", "", "", "other/"];
const bases = ["file", "file_two", "Upper", "mixedCase", "dash-ed", "f1"];

/** Files of so many random packages, each by its name: valid schemas, in and out of style. */
export function randomModule(seed: number, packages: number): Record<string, string> {
  const choice = choiceOf(seed);
  const files: Record<string, string> = {};
  for (let number = 0; number < packages; number++) {
    const name = number % 30 === 7 ? "" : `${choice.once(15) ? "Pkg" : "pkg"}${number}.${choice.of(versions)}`;
    for (let count = choice.once(3) ? 2 : 1; count > 0; count--) {
      const folder = choice.once(12)
        ? `shared${choice.below(3)}/`
        : choice.of(folders) + (name === "" ? `none${number}/` : `${name.replaceAll(".", "/")}/`);
      files[`${folder}${choice.of(bases)}${number}${count}.proto`] = randomFile(
        choice,
        name,
        `${number}${count}`,
        Object.keys(files),
        files,
      );
    }
  }
  return { ...files, ...cycle };
}

/** Two packages that import each other by way of a third, and public imports that are used through one. */
const cycle = {
  "ring/a/v1/a.proto": 'syntax = "proto3";\npackage ring.a.v1;\nimport "ring/b/v1/b.proto";\nmessage A {\n  ring.b.v1.B b = 1;\n}\n',
  "ring/a/v1/plain.proto": 'syntax = "proto3";\npackage ring.a.v1;\nmessage Plain {}\n',
  "ring/b/v1/b.proto": 'syntax = "proto3";\npackage ring.b.v1;\nimport "ring/c/v1/c.proto";\nmessage B {\n  ring.c.v1.C c = 1;\n}\n',
  "ring/c/v1/c.proto":
    'syntax = "proto3";\npackage ring.c.v1;\nimport "ring/a/v1/plain.proto";\nmessage C {\n  ring.a.v1.Plain plain = 1;\n}\n',
  "ring/d/v1/d.proto": 'syntax = "proto3";\npackage ring.d.v1;\nimport public "ring/c/v1/c.proto";\n',
  "ring/e/v1/e.proto": 'syntax = "proto3";\npackage ring.e.v1;\nimport "ring/d/v1/d.proto";\nmessage E {\n  ring.c.v1.C c = 1;\n}\n',
};

function randomFile(
  choice: Choice,
  packageName: string,
  unique: string,
  others: readonly string[],
  texts: Readonly<Record<string, string>>,
): string {
  const proto2 = choice.once(6);
  const lines: string[] = [];
  if (!proto2) lines.push('syntax = "proto3";');
  else if (choice.once(2)) lines.push('syntax = "proto2";');
  if (packageName !== "") lines.push(`package ${packageName};`);
  const imported = others.length > 0 && choice.once(4) ? choice.of(others) : undefined;
  if (imported !== undefined) lines.push(`import ${choice.once(4) ? "public " : ""}"${imported}";`);
  lines.push(...randomEnum(choice, `${choice.of(types)}${unique}E`, proto2, unique));
  const field = (name: string, number: number): string => {
    const label = proto2 ? `${choice.once(3) ? "required" : "optional"} ` : "";
    return `  ${comment(choice)}${label}int32 ${name} = ${number};`;
  };
  const message = `${choice.of(types)}${unique}`;
  lines.push(`${comment(choice)}message ${message} {`, field(choice.of(fields), 1));
  if (choice.once(2))
    lines.push(
      `  ${comment(choice)}oneof ${choice.of(fields)}_o${choice.once(3) ? "N" : ""} {`,
      `  ${comment(choice)}int32 other = 2;`,
      "  }",
    );
  lines.push("}");
  const used = imported === undefined ? undefined : /message (\w+)/.exec(texts[imported] ?? "")?.[1];
  const usedPackage = imported === undefined ? undefined : /package ([\w.]+);/.exec(texts[imported] ?? "")?.[1];
  if (used !== undefined && choice.once(2))
    lines.push(
      `message Uses${unique} {`,
      `  ${proto2 ? "optional " : ""}.${usedPackage === undefined ? "" : `${usedPackage}.`}${used} used = 1;`,
      "}",
    );
  lines.push(...randomService(choice, unique, message));
  return `${lines.join("\n")}\n`;
}

const comment = (choice: Choice): string => (choice.once(2) ? "// Says something.\n" : "");

function randomEnum(choice: Choice, name: string, proto2: boolean, unique: string): string[] {
  const prefix = choice.once(2) ? `${snake(name)}_` : `P${unique}_`;
  const alias = choice.once(6);
  const zero = `  ${comment(choice)}${prefix}${choice.of(values)}${choice.once(2) ? "_UNSPECIFIED" : ""} = ${proto2 && choice.once(2) ? 3 : 0};`;
  const lines = [`${comment(choice)}enum ${name} {`, ...(alias ? ["  option allow_alias = true;"] : []), zero];
  if (alias) lines.push(`  ${prefix}TWIN = ${/= (\d)/.exec(zero)![1]};`);
  return [...lines, `  ${prefix}LAST = 7;`, "}"];
}

/** Often what buf takes as an enum's prefix. */
const snake = (name: string): string => name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();

function randomService(choice: Choice, unique: string, message: string): string[] {
  const name = `${choice.of(types)}${unique}S${choice.of(suffixes)}`;
  const command = `${choice.of(commands)}${unique}`;
  const own = choice.once(2);
  const prefix = choice.once(2) ? command : `${name}${command}`;
  const [request, response] = own ? [`${prefix}Request`, `${prefix}Response`] : [message, message];
  const messages = own ? [`message ${request} {}`, `message ${response} {}`] : [];
  const second = choice.once(3) ? [`  rpc Again(${request}) returns (${response});`] : [];
  return [
    ...messages,
    `${comment(choice)}service ${name} {`,
    `  ${comment(choice)}rpc ${command}(${request}) returns (${response});`,
    ...second,
    "}",
  ];
}
