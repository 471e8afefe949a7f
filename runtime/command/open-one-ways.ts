/** What has a place among the open one-ways. */
export interface Placed {
  place: number;
}

/** The peer's one-ways that wait or run. Each knows its place: a `Set` of what comes and goes is rebuilt again and again. */
export class OpenOneWays<Command extends Placed> {
  /** In no order. */
  readonly all: Command[] = [];

  add(command: Command): void {
    command.place = this.all.push(command) - 1;
  }

  /** It must be there. */
  delete(command: Command): void {
    const last = this.all.pop()!;
    if (last === command) return;
    this.all[command.place] = last;
    last.place = command.place;
  }
}
