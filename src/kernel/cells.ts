import { AsyncLocalStorage } from 'node:async_hooks';

/** One run of a cell. */
export interface Cell {
  /** The number of its request. */
  readonly id: number;
  /** The number the reader sees. */
  readonly count: number;
  /** Asked for by tools, not by a reader: nothing of it is shown. */
  readonly silent: boolean;
  state: 'running' | 'over' | 'interrupted';
}

/** Which cell whatever runs on this thread belongs to, however late it runs. */
export class Cells {
  readonly #context = new AsyncLocalStorage<Cell>();
  #latest: Cell = { id: 0, count: 0, silent: true, state: 'over' };

  /** The cell that runs, or else ran latest. */
  get latest(): Cell {
    return this.#latest;
  }

  /** The cell in whose code, timers and callbacks included, this is called; without one, the latest. */
  get here(): Cell {
    return this.#context.getStore() ?? this.#latest;
  }

  begin(id: number, silent: boolean, counted: boolean): Cell {
    this.#latest = { id, silent, count: this.#latest.count + (counted ? 1 : 0), state: 'running' };
    return this.#latest;
  }

  within<T>(cell: Cell, work: () => T): T {
    return this.#context.run(cell, work);
  }
}
