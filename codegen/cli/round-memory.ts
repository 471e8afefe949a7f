import { EmissionMemory } from "../emit/emission-memory.ts";
import { ReadingMemory } from "../read/reading-memory.ts";

/** What one round of `--watch` leaves to the next. */
export class RoundMemory {
  readonly reading: ReadingMemory = new ReadingMemory();
  readonly emission: EmissionMemory = new EmissionMemory();
}
