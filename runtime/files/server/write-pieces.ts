import type { WriteHead, WritePiece } from "../../../generated/zserver/files/v1/files.ts";
import { CommandError } from "../../errors/command-error.ts";
import type { RangePart } from "../partial-file.ts";

type Pieces = AsyncIterator<WritePiece>;

/** The first piece of a Write. */
export async function readHead(pieces: Pieces): Promise<WriteHead> {
  const { done, value } = await pieces.next();
  if (!done && value.part?.case === "head") return value.part.value;
  throw new CommandError("INVALID_ARGUMENT", "the first piece of a Write is its head");
}

/** The pieces after it. Stops waiting for one, and throws the signal's reason, when that fires. */
export async function* rangeParts(pieces: Pieces, signal: AbortSignal): AsyncGenerator<RangePart> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  stopped.catch(() => {});
  signal.addEventListener("abort", stop);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await Promise.race([pieces.next(), stopped]);
      if (done) return;
      if (value.part === undefined || value.part.case === "head")
        throw new CommandError("INVALID_ARGUMENT", "behind the head of a Write come content and a digest");
      yield value.part;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
