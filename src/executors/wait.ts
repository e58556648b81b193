import { timer } from '../workers/timer.ts';
import { TimeoutError } from './errors.ts';
import { type Future, hasFailed } from './future.ts';

/** When `wait` returns: as in Python. */
export type ReturnWhen = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION';

/** Which futures were done when `wait` returned, and which were not. */
export interface Waited<F> {
  readonly done: Set<F>;
  readonly notDone: Set<F>;
}

/**
 * Waits until the futures are done: all of them, the first of them, or the first that failed.
 *
 * @param options `timeout` in ms: when it runs out `wait` returns, and throws nothing, as in Python;
 *   `returnWhen`, by default 'ALL_COMPLETED'
 * @returns the futures in two sets, `done` and `notDone`
 * @example
 * const { done, notDone } = await wait(futures, { returnWhen: 'FIRST_COMPLETED' });
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: { timeout?: number; returnWhen?: ReturnWhen } = {},
): Promise<Waited<F>> {
  const { timeout, returnWhen = 'ALL_COMPLETED' } = options;
  const all = new Set(futures);
  const notDone = new Set<F>([...all].filter((future) => !future.done()));
  const done = new Set<F>([...all].filter((future) => !notDone.has(future)));
  return new Promise((resolve, reject) => {
    let clock: NodeJS.Timeout | undefined;
    const enough = (last?: F): boolean => {
      if (notDone.size === 0) return true;
      if (returnWhen === 'FIRST_COMPLETED') return done.size > 0;
      if (returnWhen !== 'FIRST_EXCEPTION') return false;
      return (last === undefined ? [...done] : [last]).some(hasFailed);
    };
    const end = (): void => {
      clearTimeout(clock);
      // Copies, so that a future which ends later does not move in sets the caller holds.
      resolve({ done: new Set(done), notDone: new Set(notDone) });
    };
    if (!['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'].includes(returnWhen)) {
      reject(
        new RangeError(`returnWhen is 'ALL_COMPLETED', 'FIRST_COMPLETED' or 'FIRST_EXCEPTION', not '${returnWhen}'`),
      );
      return;
    }
    if (enough()) {
      end();
      return;
    }
    clock = timer(timeout, end);
    for (const future of notDone) {
      future.addDoneCallback(() => {
        notDone.delete(future);
        done.add(future);
        if (enough(future)) end();
      });
    }
  });
}

/** A future that is done, as `asCompleted` gives it: in an object, since `for await` would await the bare future. */
export interface Completed<F> {
  readonly future: F;
  /** Which of the futures it is, counted from 0. */
  readonly index: number;
}

/**
 * The futures, each as soon as it is done; those that are done already come first.
 *
 * @param options `timeout` in ms, counted from the call; it ends the iteration, not the tasks
 * @throws TimeoutError from the iteration when time ran out before all were done
 * @example
 * for await (const { future, index } of asCompleted(futures)) console.log(names[index], await future);
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: { timeout?: number } = {},
): AsyncGenerator<Completed<F>, void, void> {
  const { timeout } = options;
  const deadline = timeout === undefined ? undefined : performance.now() + timeout;
  const indices = new Map<F, number>();
  let count = 0;
  for (const future of futures) {
    if (!indices.has(future)) indices.set(future, count);
    count += 1;
  }
  const ready: Completed<F>[] = [];
  let wake: (() => void) | undefined;
  for (const [future, index] of indices) {
    future.addDoneCallback(() => {
      ready.push({ future, index });
      wake?.();
    });
  }
  return each();

  async function* each(): AsyncGenerator<Completed<F>, void, void> {
    for (let given = 0; given < indices.size; given += 1) {
      if (ready.length === 0) await nextReady(given);
      yield ready.shift()!;
    }
  }

  async function nextReady(given: number): Promise<void> {
    let clock: NodeJS.Timeout | undefined;
    const missing = indices.size - given;
    try {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        if (deadline === undefined) return;
        clock = timer(Math.max(0, deadline - performance.now()), () =>
          reject(new TimeoutError(`${missing} of ${indices.size} futures are not done after ${timeout} ms`)),
        );
      });
    } finally {
      wake = undefined;
      clearTimeout(clock);
    }
  }
}
