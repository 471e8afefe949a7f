import { decodeBase64url, encodeBase64url } from "../crypto/base64url.ts";
import { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";

/** A command whose reply is parked. */
export interface ParkedCommand {
  readonly command: CommandType;
  /** Sends the reply and unparks. Throws CommandError when the message cannot be encoded or the session is gone. */
  reply(reply: unknown): void;
  fail(error: CommandError): void;
}

const SEQUENCE_BYTES = 6;
const DEADLINE_BYTES = 6;
const MAC_BYTES = 16;
const TOKEN_BYTES = SEQUENCE_BYTES + DEADLINE_BYTES + MAC_BYTES;

/** What the registry needs of its surroundings. */
export interface ParkedRepliesOptions {
  /** HMAC-SHA256. */
  readonly mac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** 32 random bytes, made once. */
  readonly key: Uint8Array;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
}

/**
 * The parked replies of one server or client, by token. A token is a counter, the deadline and a MAC over both, in base64url: what it names can be
 * forgotten the moment it is answered, and a late, second or forged token is still told apart.
 */
export class ParkedReplies {
  readonly #options: ParkedRepliesOptions;
  readonly #parked = new Map<number, ParkedCommand>();
  #count = 0;

  constructor(options: ParkedRepliesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#parked.size;
  }

  /**
   * @param deadlineAt milliseconds since 1970; 0 for none
   * @returns the handle to {@link unpark} with, and the token
   */
  park(command: ParkedCommand, deadlineAt: number): { readonly handle: number; readonly token: string } {
    const handle = ++this.#count;
    this.#parked.set(handle, command);
    const token = new Uint8Array(TOKEN_BYTES);
    putUint48(token, 0, handle);
    putUint48(token, SEQUENCE_BYTES, Math.ceil(deadlineAt));
    token.set(this.#mac(token), SEQUENCE_BYTES + DEADLINE_BYTES);
    return { handle, token: encodeBase64url(token) };
  }

  /** Forgets a parked reply: it was given, or nobody waits for it. */
  unpark(handle: number): void {
    this.#parked.delete(handle);
  }

  /** Gives the reply that is parked under a token. Rejects as {@link find} throws, and when the reply cannot be encoded. */
  async reply(command: CommandType, token: string, reply: unknown): Promise<void> {
    this.find(command, token).reply(reply);
  }

  /** Fails the command whose reply is parked under a token. */
  async fail(command: CommandType, token: string, error: CommandError): Promise<void> {
    this.find(command, token).fail(error);
  }

  /**
   * The command behind a token. Throws CommandError: PERMISSION_DENIED for a token that was not made here, DEADLINE_EXCEEDED for one that is
   * late, FAILED_PRECONDITION for one that was answered or whose caller is gone, INVALID_ARGUMENT for one of another command.
   */
  find(command: CommandType, token: string): ParkedCommand {
    const bytes = token.length <= 2 * TOKEN_BYTES ? decodeBase64url(token) : undefined;
    if (bytes?.length !== TOKEN_BYTES || !equal(this.#mac(bytes), bytes.subarray(SEQUENCE_BYTES + DEADLINE_BYTES)))
      throw refusal("PERMISSION_DENIED", "this token was not made here", command);
    const parked = this.#parked.get(uint48(bytes, 0));
    if (parked?.command.name === command.name) return parked;
    if (parked !== undefined) throw refusal("INVALID_ARGUMENT", `this token belongs to ${parked.command.name}`, command);
    const deadlineAt = uint48(bytes, SEQUENCE_BYTES);
    if (deadlineAt !== 0 && this.#options.wallNow() >= deadlineAt)
      throw refusal("DEADLINE_EXCEEDED", "the caller stopped waiting", command);
    throw refusal("FAILED_PRECONDITION", "the reply was already given, or its caller has gone", command);
  }

  #mac(token: Uint8Array): Uint8Array {
    return this.#options.mac(this.#options.key, token.subarray(0, SEQUENCE_BYTES + DEADLINE_BYTES)).subarray(0, MAC_BYTES);
  }
}

function refusal(
  code: "PERMISSION_DENIED" | "DEADLINE_EXCEEDED" | "FAILED_PRECONDITION" | "INVALID_ARGUMENT",
  why: string,
  command: CommandType,
): CommandError {
  return new CommandError(code, `deferred reply: ${why}`, { command: command.name });
}

function putUint48(bytes: Uint8Array, offset: number, value: number): void {
  for (let index = 5, rest = value; index >= 0; index--, rest = Math.floor(rest / 256)) bytes[offset + index] = rest % 256;
}

function uint48(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let index = 0; index < 6; index++) value = value * 256 + bytes[offset + index]!;
  return value;
}

/** In constant time. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++) difference |= a[index]! ^ (b[index] ?? 0);
  return difference === 0;
}
