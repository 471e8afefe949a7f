import type { EndReason } from "../errors/end-reason.ts";

/** What happens while a server is looked for, in the order in which it happens. Times are in milliseconds. */
export type DiscoveryStep =
  /** The name in `url` is being looked up. */
  | { readonly type: "resolving"; readonly url: string }
  | { readonly type: "trying"; readonly url: string; readonly address: string | undefined }
  /** Without an address: the name has none, or the platform resolves it. */
  | {
      readonly type: "failed";
      readonly url: string;
      readonly address: string | undefined;
      readonly reason: EndReason;
      readonly message: string;
    }
  /** Nothing answered; the next round begins in `ms`. */
  | { readonly type: "waiting"; readonly ms: number }
  /** The server there is proven; all other attempts are given up. */
  | { readonly type: "found"; readonly url: string; readonly address: string | undefined };

/** Is told each step. It must not throw. */
export type OnStep = (step: DiscoveryStep) => void;
