import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
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

type Starting = ChildProcess & { spawn(options: { detached?: boolean }): number };

/**
 * Follows every worker and every child process that cells start, bare ones too: Node itself announces them on its
 * diagnostics channels.
 */
export class OwnedWorkers {
  readonly #cells: Cells;
  readonly #workers = new Map<Worker, Owned>();
  /** Children of which something may still come. */
  readonly #children = new Map<ChildProcess, Owned>();

  /** @param spawned told of each child process as soon as it runs */
  constructor(cells: Cells, spawned: (pid: number, cell: Cell, detached: boolean) => void) {
    this.#cells = cells;
    subscribe('worker_threads', (message) => this.#followWorker((message as { worker: Worker }).worker));
    subscribe('child_process', (message) => this.#followChild((message as { process: Starting }).process, spawned));
  }

  /** Whether the cell has used a worker or process that still runs: some of its output may be on the way. */
  mayPrint(cell: Cell): boolean {
    return [...this.#workers.values(), ...this.#children.values()].some((owned) => this.#userOf(owned) === cell);
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

  /** Whatever listens to this emitter belongs to the cell that uses its worker now, not to the one that made it. */
  #moveListeners(emitter: EventEmitter, owned: Owned): void {
    const { emit } = emitter;
    override(emitter, 'emit', (...event: Parameters<typeof emit>) =>
      this.#cells.within(this.#userOf(owned), () => emit.apply(emitter, event)),
    );
  }

  #followWorker(worker: Worker): void {
    const owned = this.#own();
    this.#workers.set(worker, owned);
    worker.once('exit', () => this.#workers.delete(worker));
    for (const emitter of [worker, worker.stdout, worker.stderr]) this.#moveListeners(emitter, owned);
    const { postMessage } = worker;
    override(worker, 'postMessage', (message: unknown, transfer?: unknown) => {
      owned.usedBy = this.#cells.here;
      owned.shared ||= hasPort(transfer);
      postMessage.call(worker, message, transfer as Transferable[]);
    });
  }

  #followChild(child: Starting, spawned: (pid: number, cell: Cell, detached: boolean) => void): void {
    const owned = this.#own();
    const { spawn } = child;
    // The announcement comes before the process; `spawn` is the step that starts it.
    override(child, 'spawn', (options: { detached?: boolean }) => {
      const result = spawn.call(child, options);
      if (child.pid === undefined) return result;
      spawned(child.pid, owned.startedBy, options.detached === true);
      this.#children.set(child, owned);
      child.once('close', () => this.#children.delete(child));
      for (const emitter of [child, child.stdout, child.stderr]) if (emitter) this.#moveListeners(emitter, owned);
      const { send } = child;
      if (send) {
        override(child, 'send', (...message: unknown[]) => {
          owned.usedBy = this.#cells.here;
          return (send as (...args: unknown[]) => boolean).apply(child, message);
        });
      }
      return result;
    });
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
