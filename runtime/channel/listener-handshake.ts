import { type Offer, Refusal_Reason, type RefusalInit } from "../../generated/zserver/protocol/v1/handshake.ts";
import { concatBytes } from "../bytes/concat.ts";
import { fromHex } from "../bytes/hex.ts";
import { equalBytes } from "../crypto/equal.ts";
import type { StaticKey } from "../crypto/identity.ts";
import { HandshakeState } from "../crypto/noise/handshake-state.ts";
import { epochOf } from "./epoch.ts";
import { ChannelFailure } from "./failure.ts";
import type { FinishedHandshake, Handshake, HandshakeStep } from "./handshake.ts";
import { KEY_HINT_BYTES, keyHint } from "./key-hint.ts";
import { HANDSHAKE_MESSAGE_BYTES, LENGTH_BYTES, PREAMBLE_BYTES, TICKET_BYTES } from "./limits.ts";
import { MESSAGE_MAC_BYTES, messageMac } from "./message-mac.ts";
import type { Knock, ListenerDoor, ListenerOptions } from "./options.ts";
import { answerPacket, packetOf, readOffer } from "./preamble.ts";
import { encodeServerHello } from "./server-hello.ts";
import { isSuiteName, type SuiteName, suiteNames, XX } from "./suite.ts";
import { Transcript } from "./transcript.ts";

/** What a client knows of the server that has not pinned any. */
const noKey: Uint8Array = new Uint8Array(0);

type Awaiting = "offer" | "message 1" | "message 3" | "nothing";

/** The listening side: accepts the first suite of an offer or refuses it, and shows its statement. */
export class ListenerHandshake implements Handshake {
  readonly #options: ListenerOptions;
  readonly #door: ListenerDoor;
  readonly #transcript = new Transcript();
  #awaiting: Awaiting = "offer";
  /** An offer was refused with UNKNOWN_KEY: one more may come, and only XX. */
  #secondOffer = false;
  #offer: Offer | undefined;
  /** As it came, for the MAC. */
  #offerPacket: Uint8Array | undefined;
  #suite: SuiteName | undefined;
  #key: StaticKey | undefined;
  #noise: HandshakeState | undefined;

  constructor(options: ListenerOptions, door: ListenerDoor = {}) {
    this.#options = options;
    this.#door = door;
  }

  get packetLimit(): number {
    if (this.#awaiting === "offer") return PREAMBLE_BYTES;
    return this.#awaiting === "nothing" ? -1 : HANDSHAKE_MESSAGE_BYTES;
  }

  start(): HandshakeStep {
    return {};
  }

  receive(packet: Uint8Array): HandshakeStep {
    if (this.#awaiting === "message 1") return this.#receiveMessage1(packet);
    if (this.#awaiting === "message 3") return this.#receiveMessage3(packet);
    this.#offer = readOffer(packet);
    this.#offerPacket = packet.slice();
    this.#transcript.add(packet);
    this.#awaiting = "message 1";
    return {};
  }

  wipe(): void {
    this.#noise?.wipe();
  }

  #receiveMessage1(packet: Uint8Array): HandshakeStep {
    const { suites, keyHint: hint, ticket } = this.#offer!;
    const suite = this.#chooseSuite(suites[0] ?? "");
    const key = this.#chooseKey(suite, hint);
    if (key === undefined) return this.#refuseKey(packet);
    const message = packet.slice(LENGTH_BYTES, Math.max(LENGTH_BYTES, packet.length - MESSAGE_MAC_BYTES));
    if (ticket.length > TICKET_BYTES) throw new ChannelFailure("HANDSHAKE_FAILED", "the offer's ticket is too long");
    this.#checkLoad({ ticket, knowsServer: this.#checkMac(suite, key, message, packet.subarray(LENGTH_BYTES + message.length)) });
    return { work: () => this.#answer(suite, key, message) };
  }

  #answer(suite: SuiteName, key: StaticKey, message1: Uint8Array): HandshakeStep {
    this.#suite = suite;
    this.#key = key;
    this.#noise = new HandshakeState({
      crypto: this.#options.crypto,
      random: this.#options.random,
      protocolName: suite,
      initiator: false,
      prologue: this.#transcript.bytes,
      localStatic: key.pair,
    });
    this.#readEmpty(message1);
    const answer = answerPacket({ outcome: { case: "accepted", value: suite } });
    const message2 = packetOf(this.#noise.writeMessage(encodeServerHello(key.statement, this.#options.limits ?? {})));
    const output = concatBytes(answer, message2);
    if (this.#noise.complete) return { output, finished: this.#finish() };
    this.#awaiting = "message 3";
    return { output };
  }

  #receiveMessage3(packet: Uint8Array): HandshakeStep {
    const message = packet.slice(LENGTH_BYTES);
    return {
      work: () => {
        this.#readEmpty(message);
        return { finished: this.#finish() };
      },
    };
  }

  #chooseSuite(name: string): SuiteName {
    const spoken = this.#options.suites ?? suiteNames;
    if (!isSuiteName(name) || !spoken.includes(name)) {
      throw refusal("UNKNOWN_SUITE", "the client offers no suite that is spoken here", {
        reason: Refusal_Reason.UNKNOWN_SUITE,
        suites: spoken,
      });
    }
    if (this.#secondOffer && name !== XX) throw new ChannelFailure("HANDSHAKE_FAILED", `the client's second offer is ${name}`);
    return name;
  }

  /** Before any Diffie-Hellman: whether the client knows this server. Throws when it only pretends to. */
  #checkMac(suite: SuiteName, key: StaticKey, message1: Uint8Array, mac: Uint8Array): boolean {
    const isMadeWith = (serverKey: Uint8Array): boolean =>
      equalBytes(messageMac(this.#options.crypto, serverKey, this.#offerPacket!, message1), mac);
    if (isMadeWith(suite === XX ? key.statement.identity : key.pair.publicKey)) return true;
    if (suite !== XX) throw new ChannelFailure("HANDSHAKE_FAILED", "the MAC of the client's first message is wrong");
    if (isMadeWith(noKey)) return false;
    const { identity } = key.statement;
    throw refusal("SERVER_KEY_MISMATCH", "the MAC of the client's first message is made for another server", {
      reason: Refusal_Reason.WRONG_SERVER,
      identity,
    });
  }

  /** Before any Diffie-Hellman. */
  #checkLoad(knock: Knock): void {
    const retryAfterMs = this.#door.overloaded?.(knock);
    if (retryAfterMs === undefined) return;
    throw refusal("OVERLOADED", "no new sessions are taken now", { reason: Refusal_Reason.OVERLOADED, retryAfterMs });
  }

  /** The key that the client expects, previous ones included; in XX the present one, whatever it expected. */
  #chooseKey(suite: SuiteName, hint: Uint8Array): StaticKey | undefined {
    const { crypto, staticKeys } = this.#options;
    if (hint.length !== (suite === XX ? 0 : KEY_HINT_BYTES))
      throw new ChannelFailure("HANDSHAKE_FAILED", "the offer's key hint has a wrong length");
    if (suite === XX) return staticKeys[0];
    return staticKeys.find(({ pair }) => equalBytes(keyHint(crypto, pair.publicKey), hint));
  }

  #refuseKey(message1: Uint8Array): HandshakeStep {
    const answer = answerPacket({ outcome: { case: "refused", value: { reason: Refusal_Reason.UNKNOWN_KEY } } });
    this.#transcript.add(message1);
    this.#transcript.add(answer);
    this.#secondOffer = true;
    this.#awaiting = "offer";
    return { output: answer };
  }

  /** The client says nothing before the server is proven, and nothing that a replay could repeat. */
  #readEmpty(message: Uint8Array): void {
    const payload = this.#noise!.readMessage(message);
    if (payload.length > 0) throw new ChannelFailure("HANDSHAKE_FAILED", "the client's handshake message has a payload");
  }

  #finish(): FinishedHandshake {
    this.#awaiting = "nothing";
    const { remoteStatic } = this.#noise!;
    const epoch = epochOf(0, this.#noise!);
    return {
      peer: { suite: this.#suite, handshakeHash: fromHex(epoch.hash), remoteStatic, server: this.#key!.statement, limits: undefined },
      epoch,
      statics: { local: this.#key!.pair, remote: remoteStatic },
    };
  }
}

function refusal(reason: "UNKNOWN_SUITE" | "OVERLOADED" | "SERVER_KEY_MISMATCH", message: string, refused: RefusalInit): ChannelFailure {
  return new ChannelFailure(reason, message, { lastWords: answerPacket({ outcome: { case: "refused", value: refused } }) });
}
