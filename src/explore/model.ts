import { ModelWord } from './model-word.ts';
import { ModelBarrier, ModelCondition, ModelLock, ModelReadWriteLock, ModelSemaphore } from './models.ts';

/**
 * Models of the primitives, for programs that `explore` runs. They belong into the state, and their operations are
 * written with `yield*`. Each operation begins a step; what is written after it belongs to the same step, up to the next
 * `yield`. The name stands in the report.
 *
 * @example
 * explore({
 *   state: () => ({ count: 0, lock: model.lock() }),
 *   threads: {
 *     *A(s) { yield* s.lock.acquire(); const read = s.count; yield 'read'; s.count = read + 1; yield* s.lock.release(); },
 *     …
 */
export const model = {
  /** Held by one thread at a time: `acquire`, `tryAcquire`, `release`, `locked`. */
  lock: (name?: string): ModelLock => new ModelLock(name),
  /** `acquire` takes a permit, `release` gives one. */
  semaphore: (permits?: number, name?: string): ModelSemaphore => new ModelSemaphore(permits, name),
  /** `wait`, `notify`, `notifyAll`, under its lock. */
  condition: (lock: ModelLock, name?: string): ModelCondition => new ModelCondition(lock, name),
  /** `wait` until all parties have come. */
  barrier: (parties: number, name?: string): ModelBarrier => new ModelBarrier(parties, name),
  /** `read` and `write`, each with `acquire` and `release`. */
  readWriteLock: (name?: string): ModelReadWriteLock => new ModelReadWriteLock(name),
  /** A word as Atomics sees it: `load`, `store`, `add`, `sub`, `exchange`, `compareExchange`, `wait`, `notify`. */
  word: (value?: number, name?: string): ModelWord => new ModelWord(value, name),
};
