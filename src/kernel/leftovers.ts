import { type AsyncHook, createHook, executionAsyncResource } from 'node:async_hooks';
import type { Cells } from './cells.ts';
import { breakingOff } from './messages.ts';
import { isFromCell } from './source.ts';

/** How long leftovers are looked for, ms; the hook costs every callback a little, and later cells measure. */
const watched = 60_000;

/** A timer or an immediate whose time has come. */
interface Due {
  _onTimeout?: () => void;
  _onImmediate?: () => void;
  hasRef(): boolean;
}

/**
 * Stops what an interrupted cell left behind: a loop around `await sleep(100)` would run for ever. JavaScript cannot
 * end an async function from outside, but its next step comes from a timer or an immediate, and these are emptied when
 * they fall due. What later cells share is spared: timers that do not keep the process alive (keep-alive, caches), and
 * immediates that resume neither a promise nor a cell's own function (an HTTP client's next step).
 * Until a cell has been interrupted nothing is hooked, and nothing costs time.
 */
export class Leftovers {
  readonly #hook: AsyncHook;
  #enabled = false;
  #end: NodeJS.Timeout | undefined;

  constructor(cells: Cells) {
    const options = {
      before: () => emptyLeftover(cells),
      // Promises are the many; without them the hook costs nothing measurable.
      trackPromises: false,
    };
    this.#hook = createHook(options as Parameters<typeof createHook>[0]);
  }

  /** To be called where the event loop has just turned. */
  stop(): void {
    clearTimeout(this.#end);
    this.#end = setTimeout(() => this.pause(), watched).unref();
    if (this.#enabled) return;
    // What was broken off may have left async ids behind, which Node takes for corruption while a hook is enabled.
    (process as unknown as { _fatalException(error: unknown): void })._fatalException(breakingOff);
    this.#hook.enable();
    this.#enabled = true;
  }

  /** To be called before something is broken off. */
  pause(): void {
    this.#hook.disable();
    this.#enabled = false;
  }
}

function emptyLeftover(cells: Cells): void {
  if (cells.here.state !== 'interrupted') return;
  const due = executionAsyncResource() as Due;
  if (due.constructor.name === 'Timeout' && due.hasRef()) {
    due._onTimeout = () => clearTimeout(due as unknown as NodeJS.Timeout);
  } else if (due.constructor.name === 'Immediate' && due._onImmediate && resumesCell(due._onImmediate)) {
    due._onImmediate = () => {};
  }
}

/** Whether a callback is a function of a cell or what resolves a promise, which is the engine's own. */
function resumesCell(callback: () => void): boolean {
  return /\{ \[native code\] \}$/.test(String(callback)) || isFromCell(callback);
}
