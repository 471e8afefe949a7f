import type { JsonExtension, JsonType } from "../../runtime/schema/json/json-type.ts";
import type { TypeRegistry } from "../../runtime/schema/json/type-registry.ts";
import type { CommandType, ServiceType } from "../../runtime/schema/service-type.ts";

type Json = typeof import("../../runtime/json.ts");

/** A proxy whose commands are called by name. */
export type AnyProxy = Readonly<Record<string, (argument: unknown, options: object) => unknown>>;

/** Generated code, loaded: services by name, and messages with their JSON. */
export interface Code {
  readonly json: Json;
  readonly types: TypeRegistry;
  service(name: string): ServiceType<AnyProxy, Readonly<Record<string, CommandType>>>;
  message(name: string): JsonType<unknown, never>;
}

/** Loads the modules that {@link cacheCode} wrote. */
export async function loadCode(modules: ReadonlyMap<string, string>, jsonModule: string): Promise<Code> {
  const json = (await import(jsonModule)) as Json;
  const loaded = await Promise.all([...modules.values()].map((url) => import(url) as Promise<Readonly<Record<string, unknown>>>));
  const exports = loaded.flatMap((module) => Object.values(module));
  const jsonTypes = [...Object.values(json), ...exports].filter(isJsonType);
  const services = new Map(exports.filter(isService).map((service) => [nameOf(service), service]));
  const types = json.typeRegistry(...jsonTypes);
  return {
    json,
    types,
    service: (name) => services.get(name)!,
    message: (name) => types.message(name)!,
  };
}

type AnyService = ServiceType<AnyProxy, Readonly<Record<string, CommandType>>>;

/** Under the symbol that every service has. */
function nameOf(service: AnyService): string {
  const [info] = Object.getOwnPropertySymbols(service).map(
    (symbol) => (service as unknown as Record<symbol, { readonly name: string }>)[symbol],
  );
  return info!.name;
}

function isService(value: unknown): value is AnyService {
  return typeof value === "object" && value !== null && "commands" in value && Object.getOwnPropertySymbols(value).length === 1;
}

function isJsonType(value: unknown): value is JsonType<unknown, never> | JsonExtension<unknown, never> {
  return typeof value === "object" && value !== null && "read" in value && "write" in value && ("special" in value || "extension" in value);
}
