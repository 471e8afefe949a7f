import type { Diagnostics } from "../diagnostics.ts";
import { noOptions } from "../options/resolved.ts";
import type { Source } from "../source.ts";
import type { FileNode } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import { parseEnum } from "./enum.ts";
import { parseExtend, parseMessage } from "./message.ts";
import { parseOptionStatement } from "./option.ts";
import { parseService } from "./service.ts";
import { parseText } from "./string.ts";

const editions: ReadonlySet<string> = new Set(["2023"]);

/** Parses a whole `.proto` file. Syntax errors are reported; what could be read of the file is returned all the same. */
export function parseFile(source: Source, diagnostics: Diagnostics): FileNode {
  const before = diagnostics.count;
  const cursor = new Cursor(source, diagnostics);
  const file: FileNode = {
    kind: "file",
    source,
    syntax: "proto2",
    syntaxAt: undefined,
    package: undefined,
    comment: "",
    broken: false,
    imports: [],
    options: [],
    resolvedOptions: noOptions,
    messages: [],
    enums: [],
    services: [],
    extensions: [],
  };
  if (cursor.text === "syntax" || cursor.text === "edition") cursor.statement(() => parseSyntax(cursor, file));
  while (cursor.kind !== "end") cursor.statement(() => parseFileStatement(cursor, file));
  file.broken = diagnostics.count > before;
  return file;
}

function parseSyntax(cursor: Cursor, file: FileNode): void {
  file.comment = cursor.comment();
  const keyword = cursor.text;
  file.syntaxAt = cursor.at;
  cursor.advance();
  cursor.expect("=", `behind ${keyword}`);
  const at = cursor.at;
  const value = parseText(cursor, `the ${keyword}`);
  if (keyword === "syntax" && (value === "proto2" || value === "proto3")) file.syntax = value;
  else if (keyword === "edition" && editions.has(value)) file.syntax = value as FileNode["syntax"];
  else
    cursor.report(
      at,
      "SYNTAX_UNKNOWN",
      `${keyword} "${value.slice(0, 40)}" is not known`,
      'use syntax = "proto3", syntax = "proto2" or edition = "2023"',
    );
  cursor.expect(";", `behind the ${keyword}`);
}

function parseFileStatement(cursor: Cursor, file: FileNode): void {
  const edition = file.syntax === "2023";
  switch (cursor.text) {
    case ";":
      cursor.advance();
      return;
    case "message":
      file.messages.push(parseMessage(cursor, 1, edition));
      return;
    case "enum":
      file.enums.push(parseEnum(cursor, edition));
      return;
    case "service":
      file.services.push(parseService(cursor));
      return;
    case "extend":
      parseExtend(cursor, file.extensions, { messages: file.messages, edition, depth: 0 });
      return;
    case "import":
      parseImport(cursor, file);
      return;
    case "package":
      parsePackage(cursor, file);
      return;
    case "option":
      file.options.push(parseOptionStatement(cursor));
      return;
    default:
      failAtTop(cursor);
      return;
  }
}

function failAtTop(cursor: Cursor): void {
  const stray = cursor.text === "}";
  if (!stray)
    cursor.fail(`expected a declaration, found ${cursor.found()}`, "declare a message, enum, service, extend, import, package or option");
  cursor.report(cursor.at, "SYNTAX", 'there is a "}" without a "{" before it', "remove it");
  cursor.advance();
}

function parseImport(cursor: Cursor, file: FileNode): void {
  cursor.expect("import", "before an import");
  const isPublic = cursor.accept("public");
  if (!isPublic) cursor.accept("weak");
  const at = cursor.at;
  file.imports.push({ file: parseText(cursor, "a file's name"), at, public: isPublic, missing: false });
  cursor.expect(";", "behind the import");
}

function parsePackage(cursor: Cursor, file: FileNode): void {
  const at = cursor.at;
  cursor.expect("package", "before the package");
  if (cursor.text === ".") cursor.fail("a package's name begins with a dot", "remove the dot");
  const name = cursor.qualifiedName("the package's name");
  if (file.package) cursor.report(at, "PACKAGE_TWICE", "the file has two packages", "keep one package statement");
  else file.package = name;
  cursor.expect(";", "behind the package");
}
