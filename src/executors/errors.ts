/** The task was cancelled: by `cancel()`, by its signal, by an interrupt or by `shutdown({ cancelFutures: true })`. */
export class CancelledError extends Error {
  override readonly name: string = 'CancelledError';
}

/** Time ran out: a task's `runTimeout`, or the `timeout` of `result`, `map`, `asCompleted`, a queue's `get` or `put`. */
export class TimeoutError extends Error {
  override readonly name: string = 'TimeoutError';
}

/** The executor could not do what it was asked for, through no fault of the task. */
export class BrokenExecutor extends Error {
  override readonly name: string = 'BrokenExecutor';
}

/**
 * The worker that ran the task ended before the task did. Only that task is lost: the executor replaces the worker
 * and the other tasks run. What ended it, if an error did, is the `cause`.
 */
export class WorkerDied extends BrokenExecutor {
  override readonly name: string = 'WorkerDied';
  /** The worker's exit code; null when a signal ended it, or nobody knows what. */
  readonly exitCode: number | null;
  /** The signal that ended the process, for instance `SIGKILL`; null for threads, ordinary exits and what nobody saw. */
  readonly signal: string | null;

  constructor(who: string, exitCode: number | null, signal: string | null = null, cause?: unknown) {
    const code = exitCode === null ? 'without a word' : `with exit code ${exitCode}`;
    const how = signal === null ? code : `by ${signal}`;
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    super(`${who} ended ${how}${why}`, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
    this.signal = signal;
  }
}
