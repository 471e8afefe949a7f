import type { Compressor } from "../bytes/compressor.ts";
import { brotli, deflate } from "../bytes/zlib.ts";
import type { CompressionForm } from "../schema/service-type.ts";
import type { Limits, PeerLimits } from "../session/limits.ts";
import { CompressedType, type MessageBound, MOST_COMPRESSED_BYTES } from "./compressed-type.ts";
import type { Implementation } from "./handlers.ts";
import type { AnyCommand, Registration } from "./registry.ts";
import type { Compression, TravellingCommand } from "./travelling.ts";

interface Form {
  /** Of `Limits.compressions`. */
  readonly bit: number;
  readonly compressor: Compressor;
}

const forms: Readonly<Record<CompressionForm, Form>> = {
  DEFLATE: { bit: 1, compressor: deflate },
  BROTLI: { bit: 2, compressor: brotli },
};

/** The bits of a kind below those that say the form. */
const KIND_BITS = 3;

export type MakeCompression = (limits: Limits, implementations: readonly Implementation<never>[]) => Compression;

/** Compression as Node has it. */
export const makeCompression: MakeCompression = (limits, implementations) => new NodeCompression(limits, implementations);

class NodeCompression implements Compression {
  readonly limits: Limits & { readonly compressions: number };
  /** What was made for {@link outgoing}, which is asked for each call. */
  readonly #outgoing = new WeakMap<AnyCommand, TravellingCommand>();

  /** It takes only what one of these asks for in its own schema: other programs decompress nothing that a stranger sends. */
  constructor(limits: Limits, implementations: readonly Implementation<never>[]) {
    const handled = implementations.flatMap(({ service }) => Object.values(service.commands as Record<string, AnyCommand>));
    const compressions = handled.reduce((bits, { compression }) => bits | (compression === undefined ? 0 : forms[compression].bit), 0);
    this.limits = { compressions, ...limits };
  }

  outgoing(command: AnyCommand, { compressions = 0 }: PeerLimits): TravellingCommand {
    const form = command.compression && forms[command.compression];
    if (form === undefined || (compressions & form.bit) === 0) return command;
    const known = this.#outgoing.get(command);
    if (known !== undefined) return known;
    const made = this.#compressed(command, command, form);
    this.#outgoing.set(command, made);
    return made;
  }

  takes(form: number): boolean {
    return this.#taken(form) !== undefined;
  }

  incoming(registration: Registration, form: number): Registration {
    const { command, handle, adaptation, use } = registration;
    const compressed = this.#compressed(command, adaptation ?? command, this.#taken(form)!);
    return { command, handle, adaptation, use, compressed, direct: false };
  }

  #taken(form: number): Form | undefined {
    return Object.values(forms).find(({ bit }) => bit << KIND_BITS === form && (bit & this.limits.compressions) !== 0);
  }

  /** @param types what is compressed */
  #compressed(
    command: AnyCommand,
    { request, reply }: Pick<AnyCommand, "request" | "reply">,
    { bit, compressor }: Form,
  ): TravellingCommand {
    const bound = this.#bound(command);
    return {
      ...command,
      request: new CompressedType(request, compressor, bound),
      reply: new CompressedType(reply, compressor, bound),
      form: bit << KIND_BITS,
    };
  }

  #bound({ maxBytes = Number.POSITIVE_INFINITY }: AnyCommand): MessageBound {
    const { messageBytes } = this.limits;
    if (MOST_COMPRESSED_BYTES <= Math.min(maxBytes, messageBytes)) return { name: "of compressed messages", bytes: MOST_COMPRESSED_BYTES };
    return maxBytes < messageBytes ? { name: "max_bytes", bytes: maxBytes } : { name: "messageBytes", bytes: messageBytes };
  }
}
