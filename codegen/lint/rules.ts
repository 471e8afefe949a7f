import type { Check } from "./check.ts";
import * as commands from "./commands.ts";
import * as comments from "./comments.ts";
import * as enums from "./enums.ts";
import * as files from "./files.ts";
import * as names from "./names.ts";
import * as packages from "./packages.ts";

import type { RuleName } from "./rule-names.ts";

export interface LintRule {
  /** What the rule asks for, in one sentence. */
  readonly says: string;
  readonly check: Check;
}

/** Every rule of `zgen lint`; they are buf's, under buf's names. */
export const lintRules: Readonly<Record<RuleName, LintRule>> = {
  COMMENT_ENUM: { says: "An enum has a comment.", check: comments.commentEnum },
  COMMENT_ENUM_VALUE: { says: "A value of an enum has a comment.", check: comments.commentEnumValue },
  COMMENT_FIELD: { says: "A field has a comment.", check: comments.commentField },
  COMMENT_MESSAGE: { says: "A message has a comment.", check: comments.commentMessage },
  COMMENT_ONEOF: { says: "A oneof has a comment.", check: comments.commentOneof },
  COMMENT_RPC: { says: "A command has a comment.", check: comments.commentRpc },
  COMMENT_SERVICE: { says: "A service has a comment.", check: comments.commentService },
  DIRECTORY_SAME_PACKAGE: { says: "The files of a folder have one package.", check: packages.directorySamePackage },
  ENUM_FIRST_VALUE_ZERO: { says: "The first value of an enum is 0.", check: enums.enumFirstValueZero },
  ENUM_NO_ALLOW_ALIAS: { says: "No two values of an enum share a number.", check: enums.enumNoAllowAlias },
  ENUM_PASCAL_CASE: { says: "Enums are PascalCase.", check: names.enumPascalCase },
  ENUM_VALUE_PREFIX: { says: "A value begins with its enum's name.", check: enums.enumValuePrefix },
  ENUM_VALUE_UPPER_SNAKE_CASE: { says: "Values of enums are UPPER_SNAKE_CASE.", check: names.enumValueUpperSnakeCase },
  ENUM_ZERO_VALUE_SUFFIX: { says: "The value 0 ends with lint.zeroValueSuffix.", check: enums.enumZeroValueSuffix },
  FIELD_LOWER_SNAKE_CASE: { says: "Fields are lower_snake_case.", check: names.fieldLowerSnakeCase },
  FIELD_NOT_REQUIRED: { says: "No field is required.", check: files.fieldNotRequired },
  FILE_LOWER_SNAKE_CASE: { says: "Files are lower_snake_case.", check: names.fileLowerSnakeCase },
  IMPORT_NO_PUBLIC: { says: "No import is public.", check: files.importNoPublic },
  IMPORT_USED: { says: "What is imported is used.", check: files.importUsed },
  MESSAGE_PASCAL_CASE: { says: "Messages are PascalCase.", check: names.messagePascalCase },
  ONEOF_LOWER_SNAKE_CASE: { says: "Oneofs are lower_snake_case.", check: names.oneofLowerSnakeCase },
  PACKAGE_DEFINED: { says: "A file has a package.", check: packages.packageDefined },
  PACKAGE_DIRECTORY_MATCH: { says: "A file lies in the folder that its package names.", check: packages.packageDirectoryMatch },
  PACKAGE_LOWER_SNAKE_CASE: { says: "Packages are lower_snake.case.", check: packages.packageLowerSnakeCase },
  PACKAGE_NO_IMPORT_CYCLE: { says: "Packages do not import each other.", check: packages.packageNoImportCycle },
  PACKAGE_SAME_DIRECTORY: { says: "The files of a package lie in one folder.", check: packages.packageSameDirectory },
  PACKAGE_VERSION_SUFFIX: { says: "A package ends with a version.", check: packages.packageVersionSuffix },
  RPC_PASCAL_CASE: { says: "Commands are PascalCase.", check: names.rpcPascalCase },
  RPC_REQUEST_RESPONSE_UNIQUE: { says: "A message is the request or reply of one command.", check: commands.rpcRequestResponseUnique },
  RPC_REQUEST_STANDARD_NAME: { says: "A request is named after its command.", check: commands.rpcRequestStandardName },
  RPC_RESPONSE_STANDARD_NAME: {
    says: "A reply is named after its command; see lint.replySuffixes.",
    check: commands.rpcResponseStandardName,
  },
  SERVICE_PASCAL_CASE: { says: "Services are PascalCase.", check: names.servicePascalCase },
  SERVICE_SUFFIX: { says: "A service ends with lint.serviceSuffix.", check: commands.serviceSuffix },
  SYNTAX_SPECIFIED: { says: "A file says its syntax.", check: files.syntaxSpecified },
};
