import { methodName } from "../emit/identifier.ts";
import type { Command, Schema, Service } from "../model/schema.ts";

export interface FoundCommand {
  readonly service: Service;
  readonly command: Command;
}

/** The commands that a name means: `Lobby.Join`, `Lobby/Join` or `example.lobby.v1.Lobby.Join`, or with the method's name, `Lobby.join`. */
export function findCommands(schema: Schema, name: string): readonly FoundCommand[] {
  const wanted = `.${name.replace("/", ".")}`;
  const all = allCommands(schema);
  const declared = all.filter(({ command }) => `.${command.fullName}`.endsWith(wanted));
  if (declared.length > 0) return declared;
  return all.filter(({ service, command }) => `.${service.fullName}.${methodName(command.name)}`.endsWith(wanted));
}

/** Every command that a server handles. */
export function allCommands(schema: Schema): readonly FoundCommand[] {
  return schema.files
    .flatMap(({ services }) => services)
    .filter(({ zserver }) => zserver.side !== "CLIENT")
    .flatMap((service) => service.commands.map((command) => ({ service, command })));
}
