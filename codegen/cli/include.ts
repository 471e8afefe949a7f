import { schemaRoot } from "../read/include.ts";
import { type Command, defineCommand } from "./command.ts";

/** `zgen include`. */
export const include: Command = defineCommand({
  operands: [],
  options: {},
  description:
    'Prints the folder that holds zserver/options.proto, for other tools that read your schemas:\n  protoc -I schemas -I "$(npx zgen include)" …\nzgen itself knows it without being told.',
  async run({ terminal }) {
    terminal.out(schemaRoot());
    return 0;
  },
});
