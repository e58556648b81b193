import type { TaskOptions } from './executor.ts';
import type { ProgressOption } from './map-progress.ts';
import { MapRun } from './map-run.ts';

/** Options of `map`. */
export interface MapOptions extends Omit<TaskOptions, 'transfer'> {
  /** Items per message to a worker; by default as many as the measured length of the tasks calls for. */
  readonly chunksize?: number;
  /** Ms from the call after which results that are not there are given up with a TimeoutError; no running task ends. */
  readonly timeout?: number;
  /** Items taken from the input whose results were not taken yet; by default enough to keep every worker busy. */
  readonly inFlight?: number;
  /**
   * True or a label to see a bar; or a function that is told, as results come, how many are there, and of how many if
   * the input says (an array, a Set, a Map).
   */
  readonly progress?: ProgressOption;
}

/**
 * What `map` gives: await it for the array of all results, or stream it by `for await`, in the order of the items.
 *
 * It starts at the call. Until it is awaited it runs ahead of its reader only to its bound (`inFlight`), so that a
 * large input is never held. The first item, in order, that failed rejects it, and the items that had not started are
 * cancelled. Leaving `for await` early cancels the rest, running items included. Of readers at the same time each gets
 * what the others have not taken. A map that is only iterated, or that nobody looks at, raises no unhandled rejection.
 *
 * @example
 * for await (const page of pool.map(download, addresses, { inFlight: 16 })) console.log(page.length);
 */
export class Mapped<R> implements PromiseLike<R[]>, AsyncIterable<R> {
  readonly #run: MapRun;
  #array: Promise<R[]> | undefined;

  /** Maps are made by executors. */
  constructor(run: unknown) {
    if (!(run instanceof MapRun)) throw new TypeError('a Mapped is made by an executor: call map(fn, items)');
    this.#run = run;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited for its array
  then<A = R[], B = never>(
    onResult?: ((value: R[]) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#array ??= this.#collect();
    return this.#array.then(onResult, onError);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    if (this.#array !== undefined) {
      yield* await this.#array;
      return;
    }
    try {
      // Another reader may have taken what was ready.
      while (await this.#run.ready()) if (this.#run.isReady) yield this.#run.take() as R;
    } finally {
      this.#run.stop('all');
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Mapped';
  }

  async #collect(): Promise<R[]> {
    const results: unknown[] = [];
    this.#run.drain();
    while (await this.#run.ready()) this.#run.takeAll(results);
    return results as R[];
  }
}
