import type { OptionSpec, OptionSpecs, OptionValues } from "./command.ts";
import { UsageError } from "./terminal.ts";

export interface ParsedArguments {
  readonly options: OptionValues<OptionSpecs>;
  readonly operands: readonly string[];
}

/**
 * Reads `--name`, `--name VALUE`, `--name=VALUE` and operands; after `--` everything is an operand. Whatever is not declared is an error.
 *
 * @throws UsageError
 */
export function parseArguments(
  args: readonly string[],
  specs: OptionSpecs,
  operandNames: readonly string[],
  optionalNames: readonly string[] = [],
): ParsedArguments {
  const options: Record<string, boolean | string | undefined> = {};
  for (const [name, spec] of Object.entries(specs)) options[name] = spec.type === "boolean" ? false : undefined;
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--") operands.push(...rest.splice(0));
    else if (!arg.startsWith("-") || arg === "-") operands.push(arg);
    else readOption(arg, rest, specs, options);
  }
  const missing = operandNames[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const surplus = operands[operandNames.length + optionalNames.length];
  if (surplus !== undefined) throw new UsageError(`unexpected argument ${surplus}`);
  return { options, operands };
}

function readOption(arg: string, rest: string[], specs: OptionSpecs, options: Record<string, boolean | string | undefined>): void {
  const [, flag = arg, inline] = /^(--?[^=]+)=([\s\S]*)$/.exec(arg) ?? [];
  const name = flag.replace(/^--?/, "");
  const spec = flag.startsWith("--") && Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) throw new UsageError(`unknown option ${flag}`);
  if (spec.type === "boolean") {
    if (inline !== undefined) throw new UsageError(`${flag} takes no value`);
    options[name] = true;
    return;
  }
  if (options[name] !== undefined) throw new UsageError(`${flag} is given twice`);
  options[name] = checkValue(flag, spec, inline ?? rest.shift());
}

function checkValue(flag: string, spec: OptionSpec & { type: "string" }, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`${flag} needs a value: ${flag} ${spec.value}`);
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw new UsageError(`${flag} must be one of ${spec.choices.join(", ")}, not ${value}`);
  }
  return value;
}
