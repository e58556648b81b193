import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { Readable } from 'node:stream';
import type { Transferable, Worker } from 'node:worker_threads';
import type { Cell, Cells } from './cells.ts';

/** A worker or child process, and whose it is. */
interface Owned {
  /** Ended when this cell is interrupted. */
  readonly startedBy: Cell;
  /** The cell that sent it something last: what it prints and sends back goes there. */
  usedBy: Cell;
  /** It holds a port through which any cell may reach it: what it prints goes to the cell that runs. */
  shared: boolean;
}

/**
 * Follows every worker and every child process that cells start, bare ones too: Node itself announces them on its
 * diagnostics channels.
 */
export class OwnedWorkers {
  readonly #cells: Cells;
  readonly #workers = new Map<Worker, Owned>();
  readonly #streams = new WeakMap<Readable, Owned>();

  /** @param spawned told of each child process as soon as it runs */
  constructor(cells: Cells, spawned: (pid: number, cell: Cell, detached: boolean) => void) {
    this.#cells = cells;
    subscribe('worker_threads', (message) => this.#followWorker((message as { worker: Worker }).worker));
    subscribe('child_process', (message) => this.#followChild((message as { process: ChildProcess }).process, spawned));
  }

  /** The cell under which to show what comes out of a worker's or child's stream; undefined for other streams. */
  cellOf(stream: Readable): Cell | undefined {
    const owned = this.#streams.get(stream);
    return owned && this.#userOf(owned);
  }

  /** Whether the cell has used a worker that still runs: some of its output may be on the way. */
  mayPrint(cell: Cell): boolean {
    return [...this.#workers.values()].some((owned) => this.#userOf(owned) === cell);
  }

  /** Ends the workers that the cell has started; resolves with their number. */
  async endWorkersOf(cell: Cell): Promise<number> {
    const own = [...this.#workers].filter(([, owned]) => owned.startedBy === cell);
    await Promise.all(own.map(([worker]) => worker.terminate()));
    return own.length;
  }

  #userOf({ usedBy, shared }: Owned): Cell {
    return shared ? this.#cells.latest : usedBy;
  }

  #own(): Owned {
    return { startedBy: this.#cells.here, usedBy: this.#cells.here, shared: false };
  }

  #followWorker(worker: Worker): void {
    const owned = this.#own();
    const { postMessage, emit } = worker;
    this.#workers.set(worker, owned);
    worker.once('exit', () => this.#workers.delete(worker));
    for (const stream of [worker.stdout, worker.stderr]) this.#streams.set(stream, owned);
    override(worker, 'postMessage', (message: unknown, transfer?: unknown) => {
      owned.usedBy = this.#cells.here;
      owned.shared ||= hasPort(transfer);
      postMessage.call(worker, message, transfer as Transferable[]);
    });
    override(worker, 'emit', (...event: Parameters<typeof emit>) =>
      this.#cells.within(this.#userOf(owned), () => emit.apply(worker, event)),
    );
  }

  #followChild(child: ChildProcess, spawned: (pid: number, cell: Cell, detached: boolean) => void): void {
    const owned = this.#own();
    // The announcement comes before the process; `spawn` is the step that starts it.
    const { spawn } = child as ChildProcess & { spawn(options: { detached?: boolean }): number };
    const { emit } = child;
    override(child, 'spawn', (options: { detached?: boolean }) => {
      const result = spawn.call(child, options);
      if (child.pid !== undefined) spawned(child.pid, owned.startedBy, options.detached === true);
      for (const stream of [child.stdout, child.stderr]) if (stream) this.#streams.set(stream, owned);
      const { send } = child;
      if (send) {
        override(child, 'send', (...message: unknown[]) => {
          owned.usedBy = this.#cells.here;
          return (send as (...args: unknown[]) => boolean).apply(child, message);
        });
      }
      return result;
    });
    override(child, 'emit', (...event: Parameters<typeof emit>) =>
      this.#cells.within(owned.usedBy, () => emit.apply(child, event)),
    );
  }
}

/** Puts a method before an object's own, out of sight of whoever prints the object. */
function override(target: object, name: string, value: (...args: never[]) => unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

function hasPort(transfer: unknown): boolean {
  const list = Array.isArray(transfer) ? transfer : (transfer as { transfer?: unknown[] } | undefined)?.transfer;
  return Array.isArray(list) && list.some((item) => item instanceof MessagePort);
}
