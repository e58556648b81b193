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
