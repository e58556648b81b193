import type { Cell, Cells } from './cells.ts';
import { type ErrorReport, report } from './errors.ts';
import { breakingOff } from './messages.ts';

/** How long an unhandled rejection of a running cell may wait to be handled after all, ms. */
const handledLate = 5000;

/**
 * Errors that no code of a cell has caught: thrown in a callback, or rejected and not handled. Each is reported under
 * the cell whose work it was, however late it comes.
 */
export class Strays {
  readonly #publish: (error: ErrorReport, cell: Cell) => void;
  /** Rejections of the running cell that it may still handle. */
  readonly #pending = new Map<Promise<unknown>, { readonly error: unknown; readonly cell: Cell }>();
  #first: { readonly cell: Cell; readonly error: ErrorReport } | undefined;

  constructor(cells: Cells, publish: (error: ErrorReport, cell: Cell) => void) {
    this.#publish = publish;
    process.on('uncaughtException', (error: unknown) => {
      if (error !== breakingOff) this.#report(error, cells.here, 'Thrown where nobody could catch it');
    });
    process.on('unhandledRejection', (error, promise) => {
      const cell = cells.here;
      this.#pending.set(promise, { error, cell });
      if (cell.state !== 'running') this.#reportRejection(promise);
      else setTimeout(() => this.#reportRejection(promise), handledLate).unref();
    });
    process.on('rejectionHandled', (promise) => this.#pending.delete(promise));
  }

  /** Called at the end of a cell: reports what it has left unhandled, and gives the first error that was reported. */
  settle(cell: Cell): ErrorReport | undefined {
    for (const [promise, { cell: owner }] of this.#pending) if (owner === cell) this.#reportRejection(promise);
    return this.#first?.cell === cell ? this.#first.error : undefined;
  }

  #reportRejection(promise: Promise<unknown>): void {
    const rejection = this.#pending.get(promise);
    this.#pending.delete(promise);
    if (rejection) this.#report(rejection.error, rejection.cell, 'Rejected, and nobody handled it');
  }

  #report(error: unknown, cell: Cell, what: string): void {
    const note = cell.state === 'running' ? `${what}:` : `${what}, after cell ${cell.count} had ended:`;
    const found = report(error, cell, note);
    if (this.#first?.cell !== cell) this.#first = { cell, error: found };
    this.#publish(found, cell);
  }
}
