import type { Terminal } from "./terminal.ts";

/** One option of a subcommand, as `--name` or `--name VALUE`. */
export type OptionSpec =
  | { readonly type: "boolean"; readonly help: string }
  | {
      readonly type: "string";
      readonly help: string /** How the value is called in the help. */;
      readonly value: string;
      readonly choices?: readonly string[];
    };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What the options of a subcommand parse to. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: OptionValue<Specs[Name]["type"]>;
};

type OptionValue<Type> = Type extends "boolean" ? boolean : string | undefined;

export interface Invocation<Specs extends OptionSpecs> {
  readonly options: OptionValues<Specs>;
  readonly operands: readonly string[];
  readonly terminal: Terminal;
}

/** A subcommand: what it accepts, and what it does. */
export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  /** What its operands are called; each is required. */
  readonly operands: readonly string[];
  /** What may come behind them. */
  readonly optionalOperands?: readonly string[];
  readonly options: Specs;
  /** What `--help` says below the usage line. */
  readonly description: string;
  /** The exit code: 0, or 1 for anything that should stop a script. Throws {@link UsageError} for what the caller has to mend. */
  run(invocation: Invocation<Specs>): Promise<number>;
}

/** A command whose `run` knows the types of its options, under the type of any command. */
export function defineCommand<const Specs extends OptionSpecs>(command: Command<Specs>): Command {
  return command as Command;
}
