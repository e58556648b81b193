import { Queue } from '../../channels/queue.ts';
import { Barrier } from '../../sync/barrier.ts';
import { Thread } from '../../workers/thread.ts';
import { inWords, observe } from '../observe.ts';

/** What `yield*` runs, of the explorer or not: an iterable in words that every TypeScript reads alike. */
interface Operated<T> {
  [Symbol.iterator](): { next(): IteratorResult<unknown, T> };
}

/** A word, of the explorer or of shared memory. */
export interface SomeWord {
  load(): Operated<number>;
  store(value: number): Operated<number>;
  add(by: number): Operated<number>;
  sub(by: number): Operated<number>;
  exchange(value: number): Operated<number>;
  compareExchange(expected: number, value: number): Operated<number>;
  wait(expected: number): Operated<string>;
  notify(count?: number): Operated<number>;
}

/**
 * A word of real shared memory with the operations of the explorer's word, so that one source runs under both: what
 * `yield*` gets here lets nobody in between and only gives its value. It names nothing outside itself, as it goes to
 * threads.
 */
export function wordsOn(words: Int32Array, index: number): SomeWord {
  const given = <T>(value: T): Operated<T> => ({
    [Symbol.iterator]: () => ({ next: () => ({ done: true, value }) }),
  });
  return {
    load: () => given(Atomics.load(words, index)),
    store: (value: number) => given(Atomics.store(words, index, value)),
    add: (by: number) => given(Atomics.add(words, index, by)),
    sub: (by: number) => given(Atomics.sub(words, index, by)),
    exchange: (value: number) => given(Atomics.exchange(words, index, value)),
    compareExchange: (expected: number, value: number) => given(Atomics.compareExchange(words, index, expected, value)),
    wait: (expected: number) => given(Atomics.wait(words, index, expected)),
    notify: (count?: number) => given(Atomics.notify(words, index, count)),
  };
}

/** Ms for threads that wait for each other many times: each switch takes long where other programs want the cores. */
const limit = 20_000;

/**
 * Runs `body` in threads that begin together, one for each list of arguments, and ends them whatever they do.
 *
 * @param body names nothing outside itself, as it goes to threads
 * @returns undefined when all came to their end; otherwise the first error, in words
 */
export async function inThreads<Args extends unknown[]>(
  body: (...args: Args) => unknown,
  each: readonly Args[],
): Promise<string | undefined> {
  const meeting = new Barrier(each.length);
  const said = new Queue<string>();
  const threads = each.map((args) => new Thread(member<Args>, meeting, said, inWords, body, ...args));
  try {
    const { value, trouble } = await observe(async () => {
      for (const thread of threads) thread.start();
      const ends: string[] = [];
      for (const _ of threads) ends.push(await said.get());
      return ends.find((end) => end !== '');
    }, limit);
    return trouble ?? (value as string | undefined);
  } finally {
    for (const thread of threads) thread.terminate();
    said.close();
  }
}

/** One of them. It names nothing outside itself. */
async function member<Args extends unknown[]>(
  meeting: Barrier,
  said: Queue<string>,
  tell: (error: unknown) => string,
  body: (...args: Args) => unknown,
  ...args: Args
): Promise<void> {
  let end = '';
  try {
    meeting.waitSync();
    await body(...args);
  } catch (error) {
    end = tell(error);
  }
  await said.put(end);
}
