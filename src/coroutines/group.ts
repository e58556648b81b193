import { AsyncLocalStorage } from 'node:async_hooks';
import { setMaxListeners } from 'node:events';
import { CancelledError } from '../executors/errors.ts';
import { currentSignal, runWithSignal } from '../executors/local.ts';
import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import { channels, nextEventId } from '../timing/events.ts';
import { takeLane } from '../workers/lanes.ts';
import { runTask } from '../workers/scopes.ts';

/** A function that runs as a task; it is to pass its signal on to all that it waits for. */
export type TaskFunction<T> = (signal: AbortSignal) => T | PromiseLike<T>;

/**
 * Whether somebody who was told to stop by that signal failed because of it, and not through a fault of its own.
 *
 * Node and the web reject with the signal's reason, or with an AbortError whose cause it is.
 */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  if (error instanceof CancelledError) return true;
  if (!signal.aborted) return false;
  if (error === signal.reason) return true;
  return error instanceof Error && (error.name === 'AbortError' || error.cause === signal.reason);
}

/** Calls `abort` with the reason when one of the signals aborts, or has done so. @returns to be called at the end */
export function follow(signals: readonly (AbortSignal | undefined)[], abort: (reason: unknown) => void): () => void {
  const ends = signals.flatMap((signal) => {
    if (signal === undefined) return [];
    const tell = (): void => abort(signal.reason);
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
    return [() => signal.removeEventListener('abort', tell)];
  });
  const interrupted = host()?.onInterrupt(() => abort(new CancelledError('the cell was interrupted')));
  return () => {
    for (const end of ends) end();
    interrupted?.();
  };
}

/** One task of a group: a promise for what its function returns, which may also be cancelled by itself. */
export class GroupTask<T = unknown> implements PromiseLike<T> {
  readonly name: string;
  /** `running` until its function has left, also when it was told to stop. */
  state: 'running' | 'finished' | 'failed' | 'cancelled' = 'running';
  readonly #controller = new AbortController();
  readonly #outcome: Promise<T>;

  constructor(fn: TaskFunction<T>, name: string, over: (task: GroupTask<T>, error?: unknown) => void) {
    this.name = name;
    setMaxListeners(0, this.#controller.signal);
    this.#outcome = this.#run(fn, over);
    // The group tells of failures; who does not wait for this task needs no second word.
    this.#outcome.catch(() => {});
  }

  /** Whether its function has left. */
  get done(): boolean {
    return this.state !== 'running';
  }

  /** Aborts its signal. The others go on: a task that was cancelled is no failure. */
  cancel(reason?: unknown): void {
    if (this.done) return;
    const options = reason === undefined ? {} : { cause: reason };
    const error = reason instanceof CancelledError ? reason : new CancelledError(`${this.name} was cancelled`, options);
    this.#controller.abort(error);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is waited for as a promise is
  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#outcome.then(fulfilled, rejected);
  }

  async #run(fn: TaskFunction<T>, over: (task: GroupTask<T>, error?: unknown) => void): Promise<T> {
    const { signal } = this.#controller;
    const lane = takeLane('task');
    const id = nextEventId();
    const same = { lane: lane.name, id, name: this.name };
    if (channels.task.hasSubscribers) channels.task.publish({ ...same, kind: 'started', time: now() });
    let error: unknown;
    try {
      // Through a promise, so that a function that throws at once fails no sooner than one that is async.
      // Through a snapshot, so that what the function does to the context before its first wait stays in the task.
      const begin = AsyncLocalStorage.snapshot();
      const value = await new Promise<T>((resolve) =>
        resolve(begin(() => runTask(() => runWithSignal(signal, () => fn(signal))))),
      );
      this.state = 'finished';
      return value;
    } catch (thrown) {
      this.state = isCancellation(thrown, signal) ? 'cancelled' : 'failed';
      error = thrown;
      throw this.state === 'cancelled' && signal.aborted ? signal.reason : thrown;
    } finally {
      const ok = this.state === 'finished';
      if (channels.task.hasSubscribers) channels.task.publish({ ...same, kind: 'finished', time: now(), ok });
      lane.release();
      over(this, error);
    }
  }
}

/** Tasks that end together: what `withTaskGroup`, `gather` and `mapAsync` are made of. */
export class Group {
  readonly name: string;
  /** What failed, in that order, each once. */
  readonly errors: unknown[] = [];
  /** Why it was told to stop from outside; undefined if it was not. */
  stopped: { readonly reason: unknown } | undefined;
  readonly #controller = new AbortController();
  readonly #running = new Set<GroupTask>();
  readonly #unfollow: () => void;
  #closed = false;
  #whenEmpty: (() => void) | undefined;

  constructor(name: string, signal: AbortSignal | undefined) {
    this.name = name;
    setMaxListeners(0, this.#controller.signal);
    const stop = (reason: unknown): void => {
      this.stopped ??= { reason };
      this.cancel(reason);
    };
    this.#unfollow = follow([signal, currentSignal()], stop);
  }

  /** Aborts when the group is to stop: one of its tasks failed, or it was cancelled. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How many tasks have not left. */
  get running(): number {
    return this.#running.size;
  }

  spawn<T>(fn: TaskFunction<T>, { name = fn.name || 'anonymous' }: { name?: string } = {}): GroupTask<T> {
    if (typeof fn !== 'function') {
      throw new TypeError(`${this.name} spawns functions, not ${typeof fn}: group.spawn((signal) => work(signal)).`);
    }
    if (this.#closed) {
      throw new Error(
        `${this.name} has ended, and ${name} cannot join it. Spawn it before the group's function returns.`,
      );
    }
    if (this.signal.aborted) throw new CancelledError(`${this.name} is stopping: ${name} was not started`);
    const task = new GroupTask<T>(fn, name, (one, error) => {
      this.#running.delete(one);
      if (one.state === 'failed') this.fail(error);
      if (this.#running.size === 0) this.#whenEmpty?.();
    });
    this.#running.add(task);
    return task;
  }

  /** A failure: all others are told to stop. */
  fail(error: unknown): void {
    if (!this.errors.includes(error)) this.errors.push(error);
    this.cancel(new CancelledError(`${this.name} is stopping, as one of its tasks failed`, { cause: error }));
  }

  /** Tells all tasks to stop. They are waited for all the same. */
  cancel(reason?: unknown): void {
    if (this.signal.aborted) return;
    const why =
      reason instanceof CancelledError ? reason : new CancelledError(`${this.name} was cancelled`, { cause: reason });
    this.#controller.abort(why);
    for (const task of [...this.#running]) task.cancel(why);
  }

  /** Waits until every task has left. From then on none can be spawned. */
  async close(): Promise<void> {
    while (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
    }
    this.#closed = true;
    this.#unfollow();
  }

  /** @throws AggregateError of what failed; CancelledError when it was stopped from outside */
  throwIfFailed(): void {
    const { errors, name, stopped } = this;
    if (errors.length > 0) {
      const [first] = errors;
      const words = first instanceof Error ? `${first.name}: ${first.message}` : String(first);
      const count = errors.length === 1 ? '1 failure' : `${errors.length} failures, the first`;
      throw new AggregateError(errors, `${name}: ${count}: ${words}`);
    }
    if (stopped) throw this.signal.reason;
  }
}
