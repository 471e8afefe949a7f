import { type Refusal, Refusal_Reason } from "../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../bytes/concat.ts";
import { fromHex } from "../bytes/hex.ts";
import { equalBytes } from "../crypto/equal.ts";
import { HandshakeState } from "../crypto/noise/handshake-state.ts";
import type { KeyPair } from "../crypto/provider.ts";
import { epochOf } from "./epoch.ts";
import { ChannelFailure } from "./failure.ts";
import type { FinishedHandshake, Handshake, HandshakeStep } from "./handshake.ts";
import { keyHint } from "./key-hint.ts";
import { HANDSHAKE_MESSAGE_BYTES, LENGTH_BYTES, PREAMBLE_BYTES } from "./limits.ts";
import { messageMac } from "./message-mac.ts";
import type { DialerOptions } from "./options.ts";
import { answerPacket, offerPacket, packetOf, readAnswer } from "./preamble.ts";
import { checkPin, presentedServerKey, readServerHello, type ServerProof, wrongServer } from "./server-hello.ts";
import { isSuiteName, NK, type SuiteName, XK, XX } from "./suite.ts";
import { Transcript } from "./transcript.ts";

const empty = new Uint8Array(0);

type Awaiting = "answer" | "message 2" | "judgement" | "nothing";

/** The dialling side: offers, may offer XX once more when its key is unknown, and proves the server. */
export class DialerHandshake implements Handshake {
  readonly #options: DialerOptions;
  readonly #transcript = new Transcript();
  #awaiting: Awaiting = "nothing";
  #suite: SuiteName;
  #noise: HandshakeState | undefined;
  #localStatic: KeyPair | undefined;
  #proof: ServerProof | undefined;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#localStatic = options.clientKey;
    if (options.server === "judge" || options.server.static === undefined) this.#suite = XX;
    else this.#suite = options.clientKey === undefined ? NK : XK;
  }

  get packetLimit(): number {
    if (this.#awaiting === "answer") return PREAMBLE_BYTES;
    return this.#awaiting === "message 2" ? HANDSHAKE_MESSAGE_BYTES : -1;
  }

  start(): HandshakeStep {
    return { output: this.#offer() };
  }

  receive(packet: Uint8Array): HandshakeStep {
    if (this.#awaiting === "answer") return this.#receiveAnswer(packet);
    return this.#receiveMessage2(packet.subarray(LENGTH_BYTES));
  }

  /** The application recognises the key: message 3. Throws Error unless it was asked. */
  accept(): HandshakeStep {
    if (this.#awaiting !== "judgement") throw new Error("no server key waits for a judgement");
    return this.#finish();
  }

  get judging(): boolean {
    return this.#awaiting === "judgement";
  }

  wipe(): void {
    this.#awaiting = "nothing";
    this.#noise?.wipe();
  }

  /** The offer and message 1 of its only suite. */
  #offer(): Uint8Array {
    const { crypto, random, server, ticket, route } = this.#options;
    const expected = this.#suite === XX || server === "judge" ? undefined : server.static!.key;
    const offer = offerPacket({ suites: [this.#suite], keyHint: expected && keyHint(crypto, expected), ticket, route });
    this.#transcript.add(offer);
    // XX shows a static key whether the client has one or not: an anonymous client shows one that it forgets afterwards.
    if (this.#suite === XX) this.#localStatic ??= crypto.x25519KeyPair(random(32));
    this.#noise = new HandshakeState({
      crypto,
      random,
      protocolName: this.#suite,
      initiator: true,
      prologue: this.#transcript.bytes,
      localStatic: this.#localStatic,
      remoteStatic: expected,
    });
    const message1 = this.#noise.writeMessage(empty);
    const known = expected ?? (server === "judge" ? empty : server.identity);
    const packet = packetOf(message1, messageMac(crypto, known, offer, message1));
    this.#transcript.add(packet);
    this.#awaiting = "answer";
    return concatBytes(offer, packet);
  }

  #receiveAnswer(packet: Uint8Array): HandshakeStep {
    const { outcome } = readAnswer(packet);
    if (outcome?.case === "refused") return this.#refused(packet, outcome.value);
    // The accepting answer is the only clear packet in no prologue, so it must have no byte to tamper with.
    const expected = answerPacket({ outcome: { case: "accepted", value: this.#suite } });
    if (!equalBytes(packet, expected)) throw new ChannelFailure("HANDSHAKE_FAILED", "the server's answer does not accept what was offered");
    this.#awaiting = "message 2";
    return {};
  }

  #refused(packet: Uint8Array, { reason, retryAfterMs, suites, identity }: Refusal): HandshakeStep {
    switch (reason) {
      case Refusal_Reason.UNKNOWN_KEY:
        if (this.#suite === XX) throw new ChannelFailure("HANDSHAKE_FAILED", "the server refuses a key that was not asked for");
        this.#noise!.wipe();
        this.#transcript.add(packet);
        this.#suite = XX;
        return { output: this.#offer() };
      case Refusal_Reason.UNKNOWN_SUITE: {
        const spoken = suites.filter(isSuiteName).join(", ") || "none known here";
        throw new ChannelFailure("UNKNOWN_SUITE", `the server does not speak ${this.#suite}; it speaks ${spoken}`);
      }
      case Refusal_Reason.OVERLOADED:
        throw new ChannelFailure("OVERLOADED", "the server takes no new sessions now", { retryAfterMs: retryAfterMs || undefined });
      case Refusal_Reason.WRONG_SERVER:
        throw wrongServer(this.#options.crypto, this.#options.server, identity);
      default:
        throw new ChannelFailure("HANDSHAKE_FAILED", `the server refuses for a reason that is not known here, ${reason}`);
    }
  }

  #receiveMessage2(message: Uint8Array): HandshakeStep {
    const { crypto, server, wallNow } = this.#options;
    const payload = this.#noise!.readMessage(message);
    this.#proof = readServerHello(crypto, payload, this.#noise!.remoteStatic!, wallNow);
    if (server !== "judge") {
      checkPin(crypto, server, this.#proof.statement);
      return this.#finish();
    }
    this.#awaiting = "judgement";
    const { statement } = this.#proof;
    return { presented: { statement, serverKey: presentedServerKey(crypto, statement) } };
  }

  #finish(): HandshakeStep {
    const noise = this.#noise!;
    const { statement, limits } = this.#proof!;
    this.#awaiting = "nothing";
    const output = noise.complete ? undefined : packetOf(noise.writeMessage(empty));
    const remoteStatic = noise.remoteStatic!;
    const epoch = epochOf(0, noise);
    const finished: FinishedHandshake = {
      peer: { suite: this.#suite, handshakeHash: fromHex(epoch.hash), remoteStatic, server: statement, limits },
      epoch,
      statics: { local: this.#localStatic, remote: remoteStatic },
    };
    return { output, finished };
  }
}
