import { claim, lowerFirst, moduleName } from "../emit/identifier.ts";
import { type Code, Imports, type Ref } from "../emit/imports.ts";
import type { ServiceNames } from "../emit/names.ts";
import { FileScope, type SchemaScope } from "../emit/scope.ts";
import { serviceView } from "../emit/service-view.ts";
import type { CommandView, ServiceView } from "../emit/view.ts";
import { blobSides, blobType } from "../model/blob.ts";
import type { Command, File, Schema, Service } from "../model/schema.ts";
import { sampleMessage } from "./sample.ts";

/** A service, and where it is declared. */
interface Declared {
  readonly file: File;
  readonly service: Service;
}

/** A command that an example can call, with what it sends. */
interface Sendable {
  readonly command: Command;
  readonly view: CommandView;
  readonly sample: Code;
}

/** The names that the example itself gives. */
const localNames = ["client", "console", "error", "item", "reply", "request"];

/** Commands that say most about how a server is used come first. */
const kinds: readonly Command["kind"][] = ["unary", "server_stream", "one_way", "client_stream", "bidi_stream"];

/**
 * A first program that uses a library: it connects, handles what the server may call, and calls a command. Empty where the schema has no service.
 *
 * @param specifier what the module of a file is imported as
 */
export function firstExample(schema: Schema, scope: SchemaScope, specifier: (file: File) => string): string {
  const services = schema.files.filter(({ requested }) => requested).flatMap((file) => file.services.map((service) => ({ file, service })));
  if (services.length === 0) return "";
  const called = first(services.filter(({ service }) => service.zserver.side !== "CLIENT"));
  const clients = services.filter(({ service }) => service.zserver.side === "CLIENT");
  const handled = first(clients.filter(({ file }) => file.package === called?.file.package)) ?? first(clients);
  return new ExampleWriter(scope, specifier, called, handled).write();
}

/** What is not deprecated comes before what is. */
function first(services: readonly Declared[]): Declared | undefined {
  return services.find(({ service }) => !service.deprecated) ?? services[0];
}

class ExampleWriter {
  readonly #scope: SchemaScope;
  readonly #specifier: (file: File) => string;
  readonly #called: Declared | undefined;
  readonly #handled: Declared | undefined;
  /** The local variable of the service that is called. */
  readonly #variable: string;
  readonly #imports: Imports;

  constructor(scope: SchemaScope, specifier: (file: File) => string, called: Declared | undefined, handled: Declared | undefined) {
    this.#scope = scope;
    this.#specifier = specifier;
    this.#called = called;
    this.#handled = handled;
    const taken = new Set(localNames);
    this.#variable = called === undefined ? "" : claim(taken, moduleName(lowerFirst(this.#names(called).service)));
    this.#imports = new Imports(taken);
  }

  write(): string {
    const body = [
      `const client = await ${this.#zserver("connect")}({`,
      '  endpoints: ["ws://localhost:7000"], // where the server listens',
      '  serverKey: "zsk_…", // what `zgen keygen` printed when it made the server\'s identity',
      ...(this.#handled === undefined ? [] : this.#handlers(this.#handled)),
      "});",
      ...(this.#called === undefined ? [] : this.#calls(this.#called)),
      "await client.close();",
    ];
    return `${this.#imports.render()}\n${body.join("\n")}\n`;
  }

  #zserver(name: string): string {
    return this.#imports.use({ module: "zserver", name, type: false });
  }

  #names({ file, service }: Declared): ServiceNames {
    return this.#scope.names(file).services.get(service.fullName)!;
  }

  #service(declared: Declared): string {
    return this.#imports.use(this.#ref(declared.file, this.#names(declared).service));
  }

  #ref(file: File, name: string): Ref {
    const builtIn = this.#scope.naming.builtIn.has(file.name);
    return { module: builtIn ? this.#scope.naming.runtimeImport : this.#specifier(file), name, type: false };
  }

  #view({ file, service }: Declared): ServiceView {
    return serviceView(service, "Data", new FileScope(file, this.#scope));
  }

  /** The commands of a service whose messages can be sent. */
  #sendable(declared: Declared, side: "request" | "response"): readonly Sendable[] {
    const { commands } = this.#view(declared);
    return declared.service.commands.flatMap((command, at) => {
      const sample = command[side] === blobType ? "new Uint8Array()" : sampleMessage(command[side], this.#scope);
      return sample === undefined ? [] : [{ command, view: commands[at]!, sample }];
    });
  }

  #handlers(handled: Declared): readonly string[] {
    const commands = this.#sendable(handled, "response");
    if (commands.length < handled.service.commands.length) return [];
    const methods = commands.map((each) => `      ${each.view.name}: ${this.#handler(each, this.#imports.use(each.sample))},`);
    return ["  handlers: [", `    ${this.#zserver("implement")}(${this.#service(handled)}, {`, ...methods, "    }),", "  ],"];
  }

  #handler({ command, view: { kind } }: Sendable, reply: string): string {
    if (kind === "one_way") return "(request) => console.log(request)";
    return givesStream(command) ? `() => [${reply}]` : `() => (${reply})`;
  }

  #calls(called: Declared): readonly string[] {
    const commands = [...this.#sendable(called, "request")].sort((a, b) => rank(a.command) - rank(b.command));
    const [chosen] = commands;
    if (chosen === undefined) return [];
    const service = this.#service(called);
    const error = this.#zserver("CommandError");
    return [
      "",
      `const ${this.#variable} = client.use(${service});`,
      "try {",
      `  ${this.#call(chosen)}`,
      "} catch (error) {",
      `  if (!${error}.is(error)) throw error;`,
      `  console.log(error.code, error.outcome${this.#detail(chosen.command)}); // what went wrong, and whether the command may have run`,
      "}",
    ];
  }

  #call({ command, view: { kind, name }, sample }: Sendable): string {
    const request = this.#imports.use(sample);
    const streams = (kind === "client_stream" || kind === "bidi_stream") && !blobSides(command)?.request;
    const call = `${this.#variable}.${name}(${streams ? `[${request}]` : request})`;
    if (givesStream(command)) return `for await (const item of ${call}) console.log(item);`;
    return kind === "one_way" ? `await ${call};` : `console.log(await ${call});`;
  }

  #detail({ zserver }: Command): string {
    const [error] = zserver.errors;
    if (error === undefined) return "";
    const { file, names } = this.#scope.message(error);
    return `, error.detail(${this.#imports.use(this.#ref(file, names.type))})`;
  }
}

/** A blob is one object, however it travels. */
function givesStream(command: Command): boolean {
  return (command.kind === "server_stream" || command.kind === "bidi_stream") && !blobSides(command)?.reply;
}

function rank({ kind, deprecated }: Command): number {
  return kinds.indexOf(kind) + (deprecated ? kinds.length : 0);
}
