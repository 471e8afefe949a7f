import type { Principal } from "../command/context.ts";
import { CommandError } from "../errors/command-error.ts";
import type { EndReason } from "../errors/end-reason.ts";
import { checkOptions } from "../errors/options.ts";
import type { Admission } from "./admission-types.ts";

/** Why a client is refused. */
export interface Refusal {
  readonly reason: EndReason;
  readonly message: string;
}

/** What came of a client's wish: who it is, or why it is refused. */
export type Verdict = Principal | Refusal;

export const isRefusal = (verdict: object): verdict is Refusal => "reason" in verdict;

const denied: Refusal = { reason: "ADMISSION_DENIED", message: "" };

/** What `admit` returned, as a verdict. Throws TypeError for what is no admission. */
export function verdictOf(admission: Admission | undefined, key: Uint8Array | undefined, wallNow: number): Verdict {
  if (admission === undefined) return denied;
  checkOptions("admit", admission, ["principal", "roles", "expiresAt"]);
  const { principal: id, roles = [], expiresAt } = admission;
  if (typeof id !== "string" || id === "")
    throw new TypeError(`admit: \`principal\` must be a string that is not empty, not ${String(id)}`);
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== "string"))
    throw new TypeError("admit: `roles` must be a list of strings");
  if (expiresAt !== undefined && !(expiresAt instanceof Date && Number.isFinite(expiresAt.getTime())))
    throw new TypeError("admit: `expiresAt` must be a valid Date");
  const verdict = Object.freeze({ id, key, roles: Object.freeze([...roles]), expiresAt: expiresAt && new Date(expiresAt) });
  return expiry(verdict, wallNow) ?? verdict;
}

/** Why a principal is refused whose time is over; undefined while it is not. */
export function expiry({ expiresAt }: Principal, wallNow: number): Refusal | undefined {
  if (expiresAt === undefined || expiresAt.getTime() > wallNow) return undefined;
  return { reason: "CREDENTIALS_EXPIRED", message: `they expired at ${expiresAt.toISOString()}` };
}

/** Whether what `admit` threw is about the client: it is denied, as if nothing had been returned. */
export function denialOf(error: unknown): Refusal | undefined {
  const denies = CommandError.is(error) && ["UNAUTHENTICATED", "PERMISSION_DENIED", "INVALID_ARGUMENT"].includes(error.code);
  return denies ? denied : undefined;
}

/** What fits into 32 bits; a client that renews before that is early, and no harm done. */
const MAX_EXPIRES_IN_MS = 0xffff_ffff;

/** For how long a principal is admitted, as it travels; 0: until further notice. */
export function expiresInMs({ expiresAt }: Principal, wallNow: number): number {
  if (expiresAt === undefined) return 0;
  return Math.min(Math.max(1, Math.ceil(expiresAt.getTime() - wallNow)), MAX_EXPIRES_IN_MS);
}
