import type { Admission, Admit, AdmissionSession, ReceivedCredentials } from "../../../runtime/server/admission-types.ts";

/** One call of `admit` that waits for the test's answer. */
export interface Asked {
  readonly credentials: ReceivedCredentials;
  readonly session: AdmissionSession;
  answer(admission: Admission | undefined): void;
  fail(error: unknown): void;
}

/** An `admit` that answers when the test does. */
export class Desk {
  readonly asked: Asked[] = [];

  readonly admit: Admit = (credentials, session) =>
    new Promise((resolve, reject) => {
      this.asked.push({ credentials, session, answer: resolve, fail: reject });
    });

  /** The one that came last. */
  get last(): Asked {
    return this.asked.at(-1)!;
  }
}

/** Text such as `ann` or `ann admin,editor 5000`: whoever says so is that principal, with these roles, for so many milliseconds; `no` is denied. */
export function admitByText(wallNow: () => number): Admit {
  return (credentials) => {
    const [principal = "", roles, ms] = credentials.text().split(" ");
    if (principal === "" || principal === "no") return undefined;
    const expiresAt = ms === undefined ? undefined : new Date(wallNow() + Number(ms));
    return { principal, roles: roles?.split(",") ?? [], expiresAt };
  };
}
