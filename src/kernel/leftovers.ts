import { createHook, executionAsyncResource } from 'node:async_hooks';
import type { Cells } from './cells.ts';
import { isFromCell } from './source.ts';

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
 *
 * @returns call it once a cell has been interrupted; before that, nothing is hooked and nothing costs time
 */
export function leftoversStopper(cells: Cells): () => void {
  const hook = createHook({
    before() {
      if (cells.here.state !== 'interrupted') return;
      const due = executionAsyncResource() as Due;
      if (due.constructor.name === 'Timeout' && due.hasRef()) {
        due._onTimeout = () => clearTimeout(due as unknown as NodeJS.Timeout);
      } else if (due.constructor.name === 'Immediate' && due._onImmediate && resumesCell(due._onImmediate)) {
        due._onImmediate = () => {};
      }
    },
    // Promises are the many; without them the hook costs nothing measurable.
    trackPromises: false,
  } as Parameters<typeof createHook>[0]);
  return () => void hook.enable();
}

/** Whether a callback is a function of a cell or what resolves a promise, which is the engine's own. */
function resumesCell(callback: () => void): boolean {
  return /\{ \[native code\] \}$/.test(String(callback)) || isFromCell(callback);
}
