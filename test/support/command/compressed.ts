import { Compressed, type CompressedHandlers } from "../../../generated/example/probe/v1/compressed.ts";
import type { Compressor } from "../../../runtime/bytes/compressor.ts";
import { brotli, deflate } from "../../../runtime/bytes/zlib.ts";
import { type Implementation, implement } from "../../../runtime/command/handlers.ts";

/** Handlers that do the least; a test replaces those that it is about. */
const plain: CompressedHandlers = {
  echo: ({ text, number }) => ({ text, number }),
  echoBrotli: ({ text, number }) => ({ text, number }),
  note() {},
  blip() {},
  later: (_request, context) => context.defer(),
  turnHigh: ({ text, number }) => ({ text, number }),
  async *both(items) {
    for await (const item of items) yield item;
  },
  fit: ({ copied }) => ({ copied }),
  weigh: ({ copied, viewed }) => ({ copied, viewed }),
};

export function compressed(handlers: Partial<CompressedHandlers> = {}): Implementation {
  return implement(Compressed, { ...plain, ...handlers });
}

/** Text of so many bytes that becomes a tenth. */
export function repeating(bytes: number): string {
  return "the quick brown fox ".repeat(Math.ceil(bytes / 20)).slice(0, bytes);
}

/** How often something is compressed while `run` runs. */
export async function countingCompressions(run: () => Promise<void>): Promise<number> {
  let times = 0;
  const forms = [deflate, brotli] as { compress: Compressor["compress"] }[];
  const own = forms.map(({ compress }) => compress);
  forms.forEach((form, index) => {
    form.compress = (bytes) => {
      times++;
      return own[index]!(bytes);
    };
  });
  try {
    await run();
  } finally {
    forms.forEach((form, index) => {
      form.compress = own[index]!;
    });
  }
  return times;
}
