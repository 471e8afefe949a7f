import { Text, type TextInit } from "../../../generated/example/probe/v1/probe.ts";
import { FrameType } from "../../../runtime/session/frame.ts";
import { frame, message, type Part } from "./frames.ts";

/** The kinds of commands on the wire. */
export const Kind = { UNARY: 0, ONE_WAY: 1, DOWN: 2, UP: 3, BOTH: 4 } as const;

/** A reference to a command of Probe that introduces its name. */
export const introduce = (method: string, kind: number): readonly Part[] => [0, `example.probe.v1.Probe/${method}`, kind];

/** The reference to the n-th name that was introduced. */
export const known = (number: number): readonly Part[] => [number];

export const text = (init: TextInit = {}): Uint8Array => message(Text, init);

export const request = (id: number, reference: readonly Part[], body: Uint8Array = text(), flags = 0, timeoutMs = 0): Uint8Array =>
  frame(FrameType.REQUEST, id, ...reference, flags, timeoutMs, body);

export const oneWay = (reference: readonly Part[], body: Uint8Array = text(), flags = 0): Uint8Array =>
  frame(FrameType.SEND, ...reference, flags, 0, body);

/** Its name was introduced before. */
export const volatile = (reference: number, body: Uint8Array = text(), timeoutMs = 0): Uint8Array =>
  frame(FrameType.SEND_VOLATILE, reference, timeoutMs, body);

export const item = (id: number, body: Uint8Array = text()): Uint8Array => frame(FrameType.ITEM, id, body);
export const end = (id: number): Uint8Array => frame(FrameType.END, id);
export const cancel = (id: number): Uint8Array => frame(FrameType.CANCEL, id);
