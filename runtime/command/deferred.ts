import { decodeBase64url, encodeBase64url } from "../crypto/base64url.ts";
import { equalBytes } from "../crypto/equal.ts";
import { CommandError } from "../errors/command-error.ts";
import type { CommandType } from "../schema/service-type.ts";

/** A command whose reply is parked. */
export interface ParkedCommand {
  readonly command: CommandType;
  /** Sends the reply and unparks. Throws CommandError when the message cannot be sent (it stays parked then) or nobody waits for it. */
  giveReply(reply: unknown): void;
  /** Fails the command and unparks. Throws CommandError when nobody waits for it. */
  giveFailure(error: unknown): void;
}

const HANDLE_BYTES = 6;
const DEADLINE_BYTES = 6;
const MAC_BYTES = 16;
const TOKEN_BYTES = HANDLE_BYTES + DEADLINE_BYTES + MAC_BYTES;

/** What the registry needs of its surroundings. */
export interface ParkedRepliesOptions {
  /** HMAC-SHA256. */
  readonly mac: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  /** 32 random bytes, made once. */
  readonly key: Uint8Array;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
}

/** Which parked reply is meant, whether it is still there or not. */
export interface ParkedHandle {
  /** Counts the replies that were parked; never used twice. */
  readonly number: number;
  /** Milliseconds since 1970, whole; 0 for none. */
  readonly deadlineAt: number;
}

/**
 * The parked replies of one server or client. A token is the handle's number, its deadline and a MAC over both, in base64url: what it names
 * can be forgotten the moment it is answered, and a late, second or forged token is still told apart. It is made when somebody asks for it.
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

  /** @param deadlineAt milliseconds since 1970; 0 for none */
  park(command: ParkedCommand, deadlineAt: number): ParkedHandle {
    const number = ++this.#count;
    this.#parked.set(number, command);
    return { number, deadlineAt: Math.ceil(deadlineAt) };
  }

  /** Forgets a parked reply: it was given, or nobody waits for it. */
  unpark({ number }: ParkedHandle): void {
    this.#parked.delete(number);
  }

  token({ number, deadlineAt }: ParkedHandle): string {
    const token = new Uint8Array(TOKEN_BYTES);
    putUint48(token, 0, number);
    putUint48(token, HANDLE_BYTES, deadlineAt);
    token.set(this.#mac(token), HANDLE_BYTES + DEADLINE_BYTES);
    return encodeBase64url(token);
  }

  /** Gives the reply that is parked under a token. Rejects as {@link find} throws, and when the reply cannot be sent. */
  async reply(command: CommandType, token: string, reply: unknown): Promise<void> {
    this.find(command, this.#handle(command, token)).giveReply(reply);
  }

  /** Fails the command whose reply is parked under a token. Rejects as {@link find} throws. */
  async fail(command: CommandType, token: string, error: CommandError): Promise<void> {
    this.find(command, this.#handle(command, token)).giveFailure(error);
  }

  /**
   * The command behind a handle. Throws CommandError: DEADLINE_EXCEEDED for one that is late, FAILED_PRECONDITION for one that was answered
   * or whose caller is gone, INVALID_ARGUMENT for one of another command.
   */
  find(command: CommandType, { number, deadlineAt }: ParkedHandle): ParkedCommand {
    const parked = this.#parked.get(number);
    if (parked?.command.name === command.name) return parked;
    if (parked !== undefined) throw replyRefused("INVALID_ARGUMENT", `this token belongs to ${parked.command.name}`, command);
    if (deadlineAt !== 0 && this.#options.wallNow() >= deadlineAt)
      throw replyRefused("DEADLINE_EXCEEDED", "its caller stopped waiting", command);
    throw replyRefused("FAILED_PRECONDITION", "it was already given, or its caller has gone", command);
  }

  /** Throws CommandError PERMISSION_DENIED for a token that was not made here. */
  #handle(command: CommandType, token: string): ParkedHandle {
    const bytes = typeof token === "string" && token.length <= 2 * TOKEN_BYTES ? decodeBase64url(token) : undefined;
    if (bytes?.length !== TOKEN_BYTES || !equalBytes(this.#mac(bytes), bytes.subarray(HANDLE_BYTES + DEADLINE_BYTES)))
      throw replyRefused("PERMISSION_DENIED", "its token was not made here", command);
    return { number: uint48(bytes, 0), deadlineAt: uint48(bytes, HANDLE_BYTES) };
  }

  #mac(token: Uint8Array): Uint8Array {
    return this.#options.mac(this.#options.key, token.subarray(0, HANDLE_BYTES + DEADLINE_BYTES)).subarray(0, MAC_BYTES);
  }
}

/** Why a deferred reply was not taken. */
export function replyRefused(
  code: "PERMISSION_DENIED" | "DEADLINE_EXCEEDED" | "FAILED_PRECONDITION" | "INVALID_ARGUMENT",
  why: string,
  { name }: CommandType,
): CommandError {
  return new CommandError(code, `${name}: the deferred reply was not sent: ${why}`, { command: name });
}

/** The reply could not be encoded; the command stays parked, and another reply may be given. */
export function unsentReply({ name }: CommandType, error: unknown): CommandError {
  if (CommandError.is(error) && error.code === "RESOURCE_EXHAUSTED") return error;
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError("INVALID_ARGUMENT", `${name}: the deferred reply was not sent: ${why}`, { command: name, cause: error });
}

function putUint48(bytes: Uint8Array, offset: number, value: number): void {
  for (let index = 5, rest = value; index >= 0; index--, rest = Math.floor(rest / 256)) bytes[offset + index] = rest % 256;
}

function uint48(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let index = 0; index < 6; index++) value = value * 256 + bytes[offset + index]!;
  return value;
}
