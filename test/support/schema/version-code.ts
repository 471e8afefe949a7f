import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import type { CommandType, ServiceType } from "zserver/codec";
import { decode, encode, implement, type Implementation } from "zserver";
import type { Schema } from "../../../codegen/model/schema.ts";
import { zgen } from "../../codegen/cli/support.ts";
import { Messages } from "../../codegen/emit/arbitrary.ts";
import { modelOf } from "../../codegen/emit/kitchen.ts";
import type { Workshop } from "../../codegen/emit/workshop.ts";
import { type Plain, Plainer } from "./same-values.ts";
import { commands, protoOf, type Version } from "./shop-versions.ts";

/** A command whose messages may be anything. */
export type AnyCommand = CommandType<Message, Message, Message, Message>;

export type Message = Readonly<Record<string, unknown>>;

/** A proxy whose methods may be anything. */
export type AnyProxy = Readonly<Record<string, (argument: unknown) => Promise<Message> & AsyncIterable<Message>>>;

export type AnyService = ServiceType<AnyProxy, Readonly<Record<string, AnyCommand>>>;

/** What a handler got, and what it answered. */
export interface Handled {
  readonly command: string;
  readonly requests: readonly Plain[];
  readonly replies: readonly Plain[];
}

/** The code that zgen writes for a version of the schema, and random messages for it. */
export class VersionCode {
  readonly version: Version;
  readonly services: { readonly Shop: AnyService; readonly Buyer: AnyService };
  /** What this version's handlers did, in all sessions. */
  readonly handled: Handled[] = [];
  readonly #messages: Messages;
  readonly #plainer: Plainer;
  #seed = 0;

  private constructor(version: Version, schema: Schema, services: VersionCode["services"]) {
    this.version = version;
    this.services = services;
    this.#messages = new Messages(schema);
    this.#plainer = new Plainer(schema);
  }

  static async make(version: Version, workshop: Workshop): Promise<VersionCode> {
    const folder = path.join(workshop.folder, `v${version}`);
    mkdirSync(path.join(folder, "schemas/shop/v1"), { recursive: true });
    writeFileSync(path.join(folder, "zgen.json"), '{ "emit": "js" }');
    writeFileSync(path.join(folder, "schemas/shop/v1/shop.proto"), protoOf(version));
    const { code, err } = await zgen(folder, "generate");
    if (code !== 0) throw new Error(err);
    const exports: unknown = await workshop.import(`v${version}/generated/shop/v1/shop.js`);
    return new VersionCode(version, modelOf({ "shop/v1/shop.proto": protoOf(version) }), exports as VersionCode["services"]);
  }

  /** Random messages as senders pass them. */
  samples(type: AnyCommand["request"], count: number): readonly Message[] {
    return fc.sample(this.#messages.of(type.name), { numRuns: count, seed: this.version * 1_000 + this.#seed++ });
  }

  /** A message as its own version reads it, for comparisons with other versions. */
  plain(type: AnyCommand["request"], message: Message): Plain {
    return this.#plainer.message(type.name, decode(type, encode(type, message)));
  }

  /** Handlers that keep what they got, and send it back or something of their own. */
  implement(service: AnyService): Implementation {
    const handlers = Object.fromEntries(Object.values(service.commands).map((command) => [command.method, this.#handler(command)]));
    return implement(service, handlers as never);
  }

  #handler(command: AnyCommand): (argument: never) => unknown {
    const { kind } = command;
    const streams = kind === "client_stream" || kind === "bidi_stream";
    const read = async (argument: unknown): Promise<readonly Message[]> =>
      streams ? all(argument as AsyncIterable<Message>) : [argument as Message];
    const answer = async (argument: unknown): Promise<readonly Message[]> => {
      const requests = await read(argument);
      const { echo } = commands[command.name.split("/")[1]!]!;
      const replies = kind === "one_way" ? [] : echo ? requests : this.samples(command.reply, 1);
      this.handled.push({
        command: command.name,
        requests: requests.map((request) => this.plain(command.request, request)),
        replies: replies.map((reply) => this.plain(command.reply, reply)),
      });
      return replies;
    };
    if (kind === "server_stream" || kind === "bidi_stream")
      return async function* (argument: unknown) {
        yield* await answer(argument);
      } as never;
    return async (argument: unknown) => (await answer(argument)).at(-1);
  }
}

/** Everything that an iterable yields. */
export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
