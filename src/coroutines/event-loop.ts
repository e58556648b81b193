import { setImmediate as nodesTurn } from 'node:timers/promises';
import type { LoopHost, LoopResults, LoopStart, LoopSteps, LoopWait } from './loop-task.ts';
import { LoopTask } from './loop-task.ts';
import { Timers } from './timers.ts';
import { allOf, deadlock, firstOf, inTime } from './together.ts';

/**
 * An event loop in small, as asyncio's: it runs tasks in turn, and returns to Node's loop when all of them wait.
 * @example
 * const loop = new EventLoop();
 * function* nap(ms: number) { yield* loop.sleep(ms); return ms; }
 * await loop.run(() => loop.gather(nap(20), nap(10))); // [20, 10] after 20 ms
 */
export class EventLoop {
  readonly #running = new Set<LoopTask>();
  readonly #failed: LoopTask[] = [];
  #ready: (() => void)[] = [];
  readonly #timers = new Timers();
  #outside = 0; // Waits that only Node's loop can end.
  #spawned = 0;
  #wakeUp: () => void = () => {};
  readonly #host: LoopHost = {
    soon: (step) => {
      this.#ready.push(step);
      this.#wakeUp();
    },
    ended: (task) => this.#running.delete(task) && task.failed && this.#failed.push(task),
  };

  /** Starts a task: its first step comes in the next turn. Without a name it has its function's, or a number. */
  spawn<T>(start: LoopStart<T>, name?: string): LoopTask<T> {
    this.#spawned += 1;
    const task = new LoopTask(start, name ?? this.#spawned, this.#host);
    this.#running.add(task);
    return task;
  }

  /** Runs `main`; then cancels what still runs and waits for its cleanup. An error that nobody looked at is thrown. */
  async run<T>(main: LoopStart<T>): Promise<T> {
    if (this.#running.size > 0) throw new Error('The loop has tasks already: spawn them in main, or make another.');
    const task = this.spawn(main, (typeof main === 'function' && main.name) || 'main');
    this.#failed.length = 0;
    try {
      while (!task.done) await this.#turn();
    } finally {
      for (const left of this.#running) left.cancel();
      while (this.#running.size > 0) await this.#turn();
    }
    const { result } = task;
    for (const failed of this.#failed) if (failed.lost) throw failed.error;
    return result;
  }

  /** Node's loop has its turn, until there is more to do here; then what is due and what is ready makes a step. */
  async #turn(): Promise<void> {
    await (this.#ready.length > 0 ? nodesTurn() : this.#idle());
    this.#timers.ringDue();
    for (const step of this.#ready.splice(0)) step();
  }

  #idle(): Promise<void> {
    const ms = this.#timers.untilNext();
    if (ms === undefined && this.#outside === 0) throw deadlock(this.#running);
    return new Promise((resolve) => {
      const alarm = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wakeUp = () => resolve(clearTimeout(alarm));
    });
  }

  /** Waits so many ms. */
  *sleep(ms: number): LoopSteps<void> {
    yield this.#timers.after(ms);
  }

  /** Waits for a promise, or a callback: `until((resolve, reject) => …)`, which may return a function to take it back. */
  *until<T>(source: PromiseLike<T> | LoopWait<T>): LoopSteps<T> {
    this.#outside += 1;
    try {
      return (yield (typeof source === 'function' ? source : source.then.bind(source)) as LoopWait) as T;
    } finally {
      this.#outside -= 1;
    }
  }

  /** Runs tasks side by side and gives their results in order. When one fails, the others are cancelled. */
  *gather<const Starts extends readonly LoopStart[]>(...starts: Starts): LoopSteps<LoopResults<Starts>> {
    return (yield* allOf(starts.map((start) => this.spawn(start)))) as LoopResults<Starts>;
  }

  /** Gives the result of the task that ends first, or throws its error; the others are cancelled. */
  *race<T>(...starts: readonly [LoopStart<T>, ...LoopStart<T>[]]): LoopSteps<T> {
    return (yield* firstOf(starts.map((start) => this.spawn(start)))).result;
  }

  /** Gives the result of a task that has so many ms; then it is cancelled, and a TimeoutError thrown. */
  *timeout<T>(ms: number, start: LoopStart<T>): LoopSteps<T> {
    return yield* inTime(this.spawn(start), this.spawn(this.sleep(ms)), ms);
  }
}
