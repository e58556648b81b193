import { tracingChannel } from 'node:diagnostics_channel';
import { State } from './messages.ts';

/**
 * Marks work on this thread that must not be broken off half-way: the compiler's, and the loading of modules. A module
 * that was loaded by half stays so for the life of the kernel.
 */
export class Critical {
  readonly #state: Int32Array;

  constructor(state: Int32Array) {
    this.#state = state;
    const none = (): void => {};
    const [enter, leave] = [() => this.#enter(), () => this.#leave()];
    tracingChannel('module.require').subscribe({
      start: enter,
      end: leave,
      error: none,
      asyncStart: none,
      asyncEnd: none,
    });
    tracingChannel('module.import').subscribe({
      start: enter,
      end: none,
      error: none,
      asyncStart: none,
      asyncEnd: leave,
    });
    this.#guardFirstFetch();
  }

  during<T>(work: () => T): T {
    this.#enter();
    try {
      return work();
    } finally {
      this.#leave();
    }
  }

  /** To be called where nothing can be under way: what was broken off all the same has not left. */
  reset(): void {
    Atomics.store(this.#state, State.critical, 0);
  }

  /** Node loads its HTTP client at the first call of `fetch`. */
  #guardFirstFetch(): void {
    const { fetch } = globalThis;
    globalThis.fetch = (...args) => {
      globalThis.fetch = fetch;
      return this.during(() => fetch(...args));
    };
  }

  #enter(): void {
    Atomics.add(this.#state, State.critical, 1);
  }

  #leave(): void {
    if (Atomics.load(this.#state, State.critical) > 0) Atomics.sub(this.#state, State.critical, 1);
  }
}
