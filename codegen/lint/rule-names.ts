/** The rules that are checked unless they are disabled: buf's STANDARD, without what other languages ask of file options. */
const standardRuleNames = [
  "DIRECTORY_SAME_PACKAGE",
  "ENUM_FIRST_VALUE_ZERO",
  "ENUM_NO_ALLOW_ALIAS",
  "ENUM_PASCAL_CASE",
  "ENUM_VALUE_PREFIX",
  "ENUM_VALUE_UPPER_SNAKE_CASE",
  "ENUM_ZERO_VALUE_SUFFIX",
  "FIELD_LOWER_SNAKE_CASE",
  "FIELD_NOT_REQUIRED",
  "FILE_LOWER_SNAKE_CASE",
  "IMPORT_NO_PUBLIC",
  "IMPORT_USED",
  "MESSAGE_PASCAL_CASE",
  "ONEOF_LOWER_SNAKE_CASE",
  "PACKAGE_DEFINED",
  "PACKAGE_DIRECTORY_MATCH",
  "PACKAGE_LOWER_SNAKE_CASE",
  "PACKAGE_NO_IMPORT_CYCLE",
  "PACKAGE_SAME_DIRECTORY",
  "PACKAGE_VERSION_SUFFIX",
  "RPC_PASCAL_CASE",
  "RPC_REQUEST_RESPONSE_UNIQUE",
  "RPC_REQUEST_STANDARD_NAME",
  "RPC_RESPONSE_STANDARD_NAME",
  "SERVICE_PASCAL_CASE",
  "SERVICE_SUFFIX",
  "SYNTAX_SPECIFIED",
] as const;

/** The rules that are checked when they are enabled: buf's COMMENTS. */
export const optionalRuleNames = [
  "COMMENT_ENUM",
  "COMMENT_ENUM_VALUE",
  "COMMENT_FIELD",
  "COMMENT_MESSAGE",
  "COMMENT_ONEOF",
  "COMMENT_RPC",
  "COMMENT_SERVICE",
] as const;

export type RuleName = (typeof standardRuleNames)[number] | (typeof optionalRuleNames)[number];

export const ruleNames: readonly RuleName[] = [...standardRuleNames, ...optionalRuleNames].sort();

export const isRuleName = (name: string): name is RuleName => ruleNames.includes(name as RuleName);

/** Whether it is checked unless it is disabled. */
export const isStandard = (rule: RuleName): boolean => (standardRuleNames as readonly RuleName[]).includes(rule);
