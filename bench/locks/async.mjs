// Locks for the tasks of one thread.
import { middle } from './threads.mjs';

/** The least that such a lock can be: a queue of promises, without guards, time-outs, signals or checks. */
class PromiseQueue {
  #free = true;
  #waiting = [];

  acquire() {
    if (!this.#free) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free = false;
    return Promise.resolve();
  }

  release() {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free = true;
    else next();
  }
}

/** Gives what makes a loop: so often through the lock, adding 1 to `counter.value`. */
const subjects = {
  async 'bare promise queue'() {
    const lock = new PromiseQueue();
    return async (counter, count) => {
      for (let n = 0; n < count; n += 1) {
        await lock.acquire();
        counter.value += 1;
        lock.release();
      }
    };
  },
  async AsyncLock() {
    const { AsyncLock } = await import(new URL('../../dist/index.js', import.meta.url).href);
    const lock = new AsyncLock();
    return async (counter, count) => {
      for (let n = 0; n < count; n += 1) {
        const guard = await lock.acquire();
        counter.value += 1;
        guard.release();
      }
    };
  },
  async 'async-mutex'() {
    const { Mutex } = await import('async-mutex');
    const lock = new Mutex();
    return async (counter, count) => {
      for (let n = 0; n < count; n += 1) {
        const release = await lock.acquire();
        counter.value += 1;
        release();
      }
    };
  },
  async 'semaphore-async-await'() {
    const { Lock } = (await import('semaphore-async-await')).default;
    const lock = new Lock();
    return async (counter, count) => {
      for (let n = 0; n < count; n += 1) {
        await lock.acquire();
        counter.value += 1;
        lock.release();
      }
    };
  },
  async 'Web Locks'() {
    return async (counter, count) => {
      const add = () => {
        counter.value += 1;
      };
      for (let n = 0; n < count; n += 1) await navigator.locks.request('lock', add);
    };
  },
};

/** @param {keyof typeof subjects} name */
export async function figures(name) {
  const loop = await subjects[name]();
  const count = name === 'Web Locks' ? 2000 : 50_000;
  /** Ns a pass, when so many tasks share the lock. @param {number} tasks */
  const measure = async (tasks) => {
    const counter = { value: 0 };
    const start = performance.now();
    await Promise.all(Array.from({ length: tasks }, () => loop(counter, count)));
    const ms = performance.now() - start;
    if (counter.value !== tasks * count) throw new Error(`${counter.value} of ${tasks * count} updates`);
    return (ms * 1e6) / (tasks * count);
  };
  return { tasks: () => middle(9, () => measure(2)), alone: () => middle(9, () => measure(1)) };
}
