import type { Reader } from "../bytes/reader.ts";
import type { ControlType, FrameType } from "../session/frame.ts";
import { ProtocolError } from "../session/protocol-error.ts";
import type { Peer } from "./peer.ts";

/** Takes one frame. The reader stands at its body and is valid until this returns. Throws ProtocolError for what the protocol forbids. */
export type OnControl<Data> = (peer: Peer<Data>, body: Reader) => void;

/**
 * Who owns which of the numbered frames that are about the session itself. A side names an owner for those that its peer may send; the others
 * are protocol errors. {@link Peer.control} sends one.
 */
export type ControlOwners<Data> = { readonly [Type in ControlType]?: OnControl<Data> };

/** Leads a numbered frame to its owner. */
export function leadControl<Data>(owners: ControlOwners<Data>, type: FrameType, peer: Peer<Data>, body: Reader): void {
  const owner = owners[type as ControlType];
  if (owner === undefined) throw new ProtocolError(`a frame of type ${type} came from the side that gets it`);
  owner(peer, body);
}
