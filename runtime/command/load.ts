/** Whether this side takes new work. */
export interface Load {
  /** 0 while it does; otherwise after how many milliseconds new work is welcome. */
  readonly retryAfterMs: number;
}
