import { blobType } from "../model/blob.ts";
import type { Command, Service } from "../model/schema.ts";
import { toPascalCase } from "./case.ts";
import type { Check, LintContext } from "./check.ts";

/** What commands without a reply, and those with a blob, name as theirs: messages of no command. */
const shared: ReadonlySet<string> = new Set(["zserver.None", blobType]);

const shortName = (fullName: string): string => fullName.slice(fullName.lastIndexOf(".") + 1);

function* commandsOf({ file }: LintContext): Generator<readonly [Service, Command]> {
  for (const service of file.services) for (const command of service.commands) yield [service, command];
}

export const serviceSuffix: Check = ({ file, settings: { serviceSuffix: suffix }, report }) => {
  for (const { name, position } of file.services)
    if (!name.endsWith(suffix))
      report(position, `service ${name} does not end with ${suffix}`, `call it ${name}${suffix}, or set lint.serviceSuffix`);
};

export const rpcRequestStandardName: Check = (context) => {
  for (const [service, { name, request, position }] of commandsOf(context))
    if (!shared.has(request)) checkName(context, service, name, position, request, ["Request"], "request");
};

export const rpcResponseStandardName: Check = (context) => {
  const { replySuffixes } = context.settings;
  for (const [service, { name, response, position }] of commandsOf(context))
    if (!shared.has(response)) checkName(context, service, name, position, response, replySuffixes, "reply");
};

function checkName(
  { report }: LintContext,
  service: Service,
  command: string,
  position: Command["position"],
  type: string,
  suffixes: readonly string[],
  what: string,
): void {
  const allowed = suffixes.flatMap((suffix) =>
    [toPascalCase(command), toPascalCase(service.name) + toPascalCase(command)].map((name) => name + suffix),
  );
  if (!allowed.includes(shortName(type)))
    report(position, `the ${what} of ${service.name}.${command} is called ${shortName(type)}`, `call it ${allowed.join(" or ")}`);
}

/** A message of one command can grow without touching another. */
export const rpcRequestResponseUnique: Check = (context) => {
  const uses = new Map<string, Set<Command>>();
  for (const { services } of context.schema.files.filter(({ requested }) => requested)) {
    for (const command of services.flatMap(({ commands }) => commands))
      for (const type of [command.request, command.response]) uses.set(type, (uses.get(type) ?? new Set()).add(command));
  }
  for (const [, command] of commandsOf(context)) {
    const { request, response, position, name } = command;
    if (request === response && !shared.has(request))
      context.report(position, `${name} has ${shortName(request)} as request and as reply`, "give each a message of its own");
    for (const type of new Set([request, response])) {
      if (!shared.has(type) && uses.get(type)!.size > 1)
        context.report(position, `${shortName(type)} is a message of several commands`, "give each command messages of its own");
    }
  }
};
