import type { Command, Schema, Service } from "../model/schema.ts";

export interface FoundCommand {
  readonly service: Service;
  readonly command: Command;
}

/** The commands that a name means: `Lobby.Join`, `Lobby/Join` or `example.lobby.v1.Lobby.Join`. */
export function findCommands(schema: Schema, name: string): readonly FoundCommand[] {
  const wanted = name.replace("/", ".");
  return allCommands(schema).filter(({ command }) => command.fullName === wanted || command.fullName.endsWith(`.${wanted}`));
}

/** Every command that a server handles. */
export function allCommands(schema: Schema): readonly FoundCommand[] {
  return schema.files
    .flatMap(({ services }) => services)
    .filter(({ zserver }) => zserver.side !== "CLIENT")
    .flatMap((service) => service.commands.map((command) => ({ service, command })));
}
