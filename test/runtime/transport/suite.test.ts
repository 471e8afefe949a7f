import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../runtime/time/system-clock.ts";
import { memoryPipe } from "../../../runtime/transport/memory.ts";
import { transportCases } from "../../../runtime/transport/suite/suite.ts";
import type { Transport, TransportClose, TransportEvents } from "../../../runtime/transport/transport.ts";

const test = suite("transport/suite");

/** A transport that does what `inner` does; a fault is a subclass that does one thing else. */
class Faithful implements Transport {
  readonly inner: Transport;
  events!: TransportEvents;

  constructor(inner: Transport) {
    this.inner = inner;
  }

  get peer(): string {
    return this.inner.peer;
  }
  get bufferedBytes(): number {
    return this.inner.bufferedBytes;
  }
  start(events: TransportEvents): void {
    this.events = events;
    this.inner.start({
      onBytes: (bytes) => this.onBytes(bytes),
      onDrain: () => this.onDrain(),
      onClose: (close) => this.onClose(close),
    });
  }
  write(bytes: Uint8Array): boolean {
    return this.inner.write(bytes);
  }
  close(): void {
    this.inner.close();
  }
  destroy(): void {
    this.inner.destroy();
  }
  pause(): void {
    this.inner.pause();
  }
  resume(): void {
    this.inner.resume();
  }
  onBytes(bytes: Uint8Array): void {
    this.events.onBytes(bytes);
  }
  onDrain(): void {
    this.events.onDrain();
  }
  onClose(close: TransportClose): void {
    this.events.onClose(close);
  }
}

const faults: Record<string, new (inner: Transport) => Faithful> = {
  "loses a byte of a long write": class extends Faithful {
    override write(bytes: Uint8Array): boolean {
      return super.write(bytes.length > 65_536 ? bytes.subarray(1) : bytes);
    }
  },
  "flips a bit": class extends Faithful {
    override onBytes(bytes: Uint8Array): void {
      if (bytes.length === 65_537) bytes[65_000]! ^= 1;
      super.onBytes(bytes);
    }
  },
  "delivers a piece twice": class extends Faithful {
    override onBytes(bytes: Uint8Array): void {
      super.onBytes(bytes);
      if (bytes.length === 3) super.onBytes(bytes);
    }
  },
  "swaps two writes": class extends Faithful {
    override write(bytes: Uint8Array): boolean {
      if (bytes.length !== 2) return super.write(bytes);
      super.write(bytes.subarray(1));
      return super.write(bytes.subarray(0, 1));
    }
  },
  "delivers nothing as something": class extends Faithful {
    override write(bytes: Uint8Array): boolean {
      if (bytes.length === 0) queueMicrotask(() => this.events.onBytes(bytes));
      return super.write(bytes);
    }
  },
  "delivers from within write": class extends Faithful {
    override write(bytes: Uint8Array): boolean {
      const ok = super.write(bytes);
      if (!ok) this.events.onDrain();
      return ok;
    }
  },
  "always likes more": class extends Faithful {
    override write(bytes: Uint8Array): boolean {
      super.write(bytes);
      return true;
    }
  },
  "never drains": class extends Faithful {
    override onDrain(): void {}
  },
  "drains twice": class extends Faithful {
    override onDrain(): void {
      super.onDrain();
      super.onDrain();
    }
  },
  "does not pause": class extends Faithful {
    override pause(): void {}
  },
  "does not resume": class extends Faithful {
    override resume(): void {}
  },
  "stops sending while it is paused": class extends Faithful {
    held: Uint8Array[] | undefined;
    override write(bytes: Uint8Array): boolean {
      this.held?.push(bytes);
      return this.held === undefined && super.write(bytes);
    }
    override pause(): void {
      super.pause();
      this.held ??= [];
    }
    override resume(): void {
      const held = this.held ?? [];
      this.held = undefined;
      for (const bytes of held) this.write(bytes);
      super.resume();
    }
  },
  "does not close while it is paused": class extends Faithful {
    paused = false;
    override pause(): void {
      super.pause();
      this.paused = true;
    }
    override resume(): void {
      super.resume();
      this.paused = false;
    }
    override close(): void {
      if (!this.paused) super.close();
    }
  },
  "delivers what came before close": class extends Faithful {
    kept: Uint8Array[] = [];
    override start(events: TransportEvents): void {
      super.start(events);
      super.resume();
    }
    override pause(): void {
      this.paused = true;
    }
    override resume(): void {
      this.paused = false;
      systemClock.endOfTurn(() => this.flush());
    }
    override close(): void {
      super.close();
      systemClock.endOfTurn(() => this.flush());
    }
    override onBytes(bytes: Uint8Array): void {
      if (this.paused) this.kept.push(bytes);
      else super.onBytes(bytes);
    }
    paused = false;
    flush(): void {
      for (const bytes of this.kept.splice(0)) super.onBytes(bytes);
    }
  },
  "drops what is queued when it closes": class extends Faithful {
    override close(): void {
      super.destroy();
    }
  },
  "does not close": class extends Faithful {
    override close(): void {}
  },
  "tells the end twice": class extends Faithful {
    override onClose(close: TransportClose): void {
      super.onClose(close);
      super.onClose(close);
    }
  },
  "tells no end": class extends Faithful {
    override onClose(): void {}
  },
  "goes on after the end": class extends Faithful {
    override onClose(close: TransportClose): void {
      super.onClose(close);
      systemClock.endOfTurn(() => this.events.onBytes(new Uint8Array(1)));
    }
  },
  "calls every end orderly": class extends Faithful {
    override onClose(close: TransportClose): void {
      super.onClose({ ...close, kind: "ended" });
    }
  },
  "tells the end from within destroy": class extends Faithful {
    override destroy(): void {
      super.destroy();
      this.onClose({ kind: "failed", message: "destroyed" });
    }
    override onClose(close: TransportClose): void {
      if (this.told) return;
      this.told = true;
      super.onClose(close);
    }
    told = false;
  },
  "asks to wait after the end": class extends Faithful {
    ended = false;
    override write(bytes: Uint8Array): boolean {
      return super.write(bytes) && !this.ended;
    }
    override onClose(close: TransportClose): void {
      this.ended = true;
      super.onClose(close);
    }
  },
};

/** Some faults make a case wait for ever; this is how long for ever is. A slow machine can only make a fault be found for another reason. */
const HANG_MS = 300;

/** The cases that a transport fails. Both ends have the fault. */
async function failing(Class: new (inner: Transport) => Faithful, timeoutMs: number): Promise<string[]> {
  const failed: string[] = [];
  const pair = async (): Promise<[Transport, Transport]> => {
    const [a, b] = memoryPipe({ clock: systemClock });
    return [new Class(a), new Class(b)];
  };
  const cases = transportCases({ name: "broken", pair, sustainedBytes: 1_000_000, timeoutMs });
  await Promise.all(cases.map(({ name, run }) => run().catch(() => failed.push(name))));
  return failed;
}

test("a transport that keeps the contract passes", async () => {
  assert.equal(await failing(Faithful, 60_000), []);
});

for (const [fault, Class] of Object.entries(faults)) {
  test(`a transport that ${fault} is found out`, async () => {
    assert.ok((await failing(Class, HANG_MS)).length > 0);
  });
}

test.run();
