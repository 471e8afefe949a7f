import { CommandError } from "../errors/command-error.ts";
import type { BatchMember } from "./batch.ts";
import { withSignal } from "./call-options.ts";
import { type Interceptor, interceptCall } from "./interceptor.ts";
import type { Session } from "./session-type.ts";
import { ContextValues } from "./values.ts";

/**
 * Leads the members of a batch through the interceptors of this side. Interceptors may take their time, yet a batch leaves as a whole: the
 * result holds, in order, the members that reached the wire, once every other one has been answered by an interceptor.
 */
export function interceptMembers(
  members: readonly BatchMember[],
  session: Session,
  interceptors: readonly Interceptor[],
  oneWayFailed: (error: CommandError) => void,
): Promise<readonly BatchMember[]> {
  if (members.length === 0) return Promise.resolve([]);
  const ready: (BatchMember | undefined)[] = [];
  let missing = members.length;
  return new Promise((resolve) => {
    members.forEach((member, index) => {
      let arrived = false;
      const arrive = (reached?: BatchMember): void => {
        if (arrived) return;
        arrived = true;
        ready[index] = reached;
        missing--;
        if (missing === 0) resolve(ready.filter((entry) => entry !== undefined));
      };
      const result = intercept(member, session, interceptors, () => arrived, arrive);
      member.settle(result);
      result.then(
        () => arrive(),
        (error: CommandError) => {
          if (!arrived && member.command.kind === "one_way") oneWayFailed(error);
          arrive();
        },
      );
    });
  });
}

function intercept(
  member: BatchMember,
  session: Session,
  interceptors: readonly Interceptor[],
  arrived: () => boolean,
  arrive: (reached: BatchMember) => void,
): Promise<unknown> {
  const { command, request, options } = member;
  const signal = options.signal ?? new AbortController().signal;
  return interceptCall(interceptors, { side: "caller", command, request, session, signal, values: new ContextValues() }, (call) => {
    if (arrived())
      throw new CommandError("FAILED_PRECONDITION", `${command.name}: a member of a batch is sent once`, { outcome: "NOT_RUN" });
    return new Promise((settle) => arrive({ command, request: call.request, options: withSignal(options, call.signal), settle }));
  });
}
