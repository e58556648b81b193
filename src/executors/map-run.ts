import { now } from '../timing/clock.ts';
import { channels } from '../timing/events.ts';
import { timer } from '../workers/timer.ts';
import type { Backend } from './backend.ts';
import { TimeoutError } from './errors.ts';
import { iteratorOf, sizeOf } from './items.ts';
import { type Call, cancelled, Job } from './job.ts';
import { type Teller, tellerFor } from './map-progress.ts';
import type { MapOptions } from './mapped.ts';
import { isThenable } from './outcome.ts';

/** One item of a map. */
class Item extends Job {
  map: MapRun | undefined;

  protected settled(): void {
    this.map?.itemSettled(this);
  }
}

/**
 * A map under way: pulls items from its input within its bound, hands them to the backend, and holds them in order
 * until their results are taken.
 */
export class MapRun {
  readonly #backend: Backend;
  readonly #call: Call;
  readonly #options: MapOptions;
  readonly #teller: Teller | undefined;
  readonly #next: () => IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>;
  readonly #giveBack: () => unknown;
  readonly #deadline: number | undefined;
  /** Resolves when nothing of it is queued or running, and nothing will be. */
  readonly over: Promise<void>;
  #settleOver!: () => void;
  /** Items in order. Invariant: none lies before `#head`, or the results that were taken would stay. */
  #window: (Item | undefined)[] = [];
  #head = 0;
  /** How many of the window have no outcome. */
  #unfinished = 0;
  #done = 0;
  /** How many items were pulled, where it matters: their places make their keys. */
  #pulled = 0;
  /** True when somebody awaits the array: then only unfinished items count as in flight. */
  #draining = false;
  /** True when no item will be pulled any more. */
  #exhausted = false;
  /** True while an async input is asked for its next item. */
  #pulling = false;
  #stepPlanned = false;
  /** What comes after the last item of the window instead of a plain end. */
  #lastError: { readonly error: unknown } | undefined;
  /** Wakes each reader that waits. */
  readonly #wakes = new Set<() => void>();

  constructor(
    backend: Backend,
    fn: (...args: never[]) => unknown,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options: MapOptions,
  ) {
    checkCount('chunksize', options.chunksize);
    checkCount('inFlight', options.inFlight);
    const iterator = iteratorOf(items);
    this.#next = () => iterator.next();
    this.#giveBack = () => iterator.return?.();
    this.#backend = backend;
    this.#options = options;
    this.#call = backend.prepare(fn, options);
    this.#teller = tellerFor(options.progress, sizeOf(items), this.#call.name);
    this.#deadline = options.timeout === undefined ? undefined : now() + options.timeout;
    this.over = new Promise((resolve) => {
      this.#settleOver = resolve;
    });
  }

  /** Starts it. */
  begin(): void {
    const { signal } = this.#options;
    if (signal !== undefined) {
      const abort = (): void => this.stop('all', signal.reason);
      if (signal.aborted) abort();
      else {
        signal.addEventListener('abort', abort, { once: true });
        this.over.then(() => signal.removeEventListener('abort', abort));
      }
    }
    this.#step();
  }

  /** Lets it run on without a reader, as somebody wants all results. */
  drain(): void {
    this.#draining = true;
    this.#step();
  }

  /**
   * Ends it: nothing more is pulled, what has not started is cancelled, and with 'all' what runs is ended too.
   * Without effect when everything has been handed out and settled.
   */
  stop(which: 'waiting' | 'all', reason?: unknown): void {
    if (!this.#exhausted) {
      this.#lastError = { error: cancelled(this.#call.name, reason) };
      this.#leaveInput();
    }
    if (this.#unfinished > 0) {
      for (let index = this.#head; index < this.#window.length; index += 1) {
        const item = this.#window[index]!;
        if (item.state === 'waiting' || (which === 'all' && item.state === 'running')) {
          item.reason = reason;
          this.#backend.cancel(item);
        }
      }
    }
    this.#plan();
  }

  /**
   * Waits for the next result. False when there is none any more.
   *
   * @throws TimeoutError when the map's `timeout` runs out first
   */
  async ready(): Promise<boolean> {
    while (!this.isReady) {
      if (this.#head === this.#window.length && this.#exhausted) {
        if (this.#lastError === undefined) return false;
        throw this.#lastError.error;
      }
      await this.#wait();
    }
    return true;
  }

  /** True when the next result can be taken. */
  get isReady(): boolean {
    return this.#window[this.#head]?.over === true;
  }

  /** The next result, which is ready; throws what the item threw, and cancels what has not started. */
  take(): unknown {
    const item = this.#window[this.#head]!;
    this.#window[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#window.length) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
    if (item.state !== 'finished') {
      this.stop('waiting');
      throw item.outcome;
    }
    if (!this.#exhausted) this.#plan();
    return item.outcome;
  }

  /** All results that are ready now. */
  takeAll(into: unknown[]): void {
    while (this.isReady) into.push(this.take());
  }

  /** Called by each item when it has its outcome. */
  itemSettled(item: Item): void {
    this.#unfinished -= 1;
    this.#done += 1;
    this.#plan();
    // Cancelled by another hand, an interrupt or a shutdown: the map is not to go on with its next items.
    if (item.state === 'cancelled' && !this.#exhausted) this.stop('all', item.reason);
  }

  // The results of a chunk come in one turn: what follows from them is done once.
  #plan(): void {
    if (this.#stepPlanned) return;
    this.#stepPlanned = true;
    queueMicrotask(() => {
      this.#stepPlanned = false;
      this.#tell();
      this.#step();
      for (const wake of this.#wakes) wake();
    });
  }

  #step(): void {
    if (!this.#exhausted) this.#pull();
    if (!this.#exhausted || this.#unfinished > 0) return;
    this.#tell();
    this.#teller?.close();
    this.#settleOver();
  }

  // A function of the caller that throws ends the map, as an input does.
  #tell(): void {
    try {
      this.#teller?.tell(this.#done);
    } catch (error) {
      this.#lastError ??= { error };
      if (!this.#exhausted) this.#leaveInput();
    }
  }

  #pull(): void {
    const bound = this.#options.inFlight ?? this.#backend.ahead(this.#call);
    const submitted = submission();
    while (!this.#exhausted && !this.#pulling && this.#unfinished < bound) {
      if (!this.#draining && this.#window.length - this.#head >= bound) return;
      let next: IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>;
      try {
        next = this.#next();
      } catch (error) {
        this.#inputFailed(error);
        return;
      }
      if (isThenable(next)) this.#pullLater(Promise.resolve(next));
      else this.#accept(next, submitted);
    }
  }

  #pullLater(next: Promise<IteratorResult<unknown>>): void {
    this.#pulling = true;
    next
      .then(
        (result) => {
          if (!this.#exhausted) this.#accept(result, submission());
        },
        (error: unknown) => this.#inputFailed(error),
      )
      .finally(() => {
        this.#pulling = false;
        if (!this.#exhausted) this.#plan();
      });
  }

  #accept(next: IteratorResult<unknown>, submitted: number | undefined): void {
    if (next.done) {
      this.#exhausted = true;
      this.#plan();
      return;
    }
    const item = new Item(this.#call, [next.value], this.#backend, submitted);
    item.map = this;
    const { key } = this.#options;
    if (key !== undefined) item.key = JSON.stringify([key, this.#pulled++]);
    this.#window.push(item);
    this.#unfinished += 1;
    try {
      this.#backend.add(item);
    } catch (error) {
      // It cannot travel, or no worker can be had: the last item, which fails like any other.
      this.#leaveInput();
      item.finish(false, error, 0, 0, now());
    }
  }

  #leaveInput(): void {
    this.#exhausted = true;
    try {
      // An async input may return a promise; what its clean-up throws belongs to nobody here.
      Promise.resolve(this.#giveBack()).catch(() => {});
    } catch {}
  }

  #inputFailed(error: unknown): void {
    if (this.#exhausted) return;
    this.#exhausted = true;
    this.#lastError = { error };
    this.#plan();
  }

  async #wait(): Promise<void> {
    let clock: NodeJS.Timeout | undefined;
    let wake: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        this.#wakes.add(wake);
        if (this.#deadline === undefined) return;
        clock = timer(Math.max(0, this.#deadline - now()), () => reject(this.#timedOut()));
      });
    } finally {
      this.#wakes.delete(wake!);
      clearTimeout(clock);
    }
  }

  #timedOut(): TimeoutError {
    this.stop('waiting');
    return new TimeoutError(`map of '${this.#call.name}' is not done after ${this.#options.timeout} ms`);
  }
}

// Only events show the times of an item.
function submission(): number | undefined {
  return channels.task.hasSubscribers ? now() : undefined;
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new RangeError(`${name} must be a whole number of at least 1, got ${value}`);
}
