import { createHook, executionAsyncResource } from 'node:async_hooks';
import type { Cells } from './cells.ts';

interface Timer {
  _onTimeout?: () => void;
  _onImmediate?: () => void;
  hasRef(): boolean;
}

/**
 * Stops what an interrupted cell left behind: a loop around `await sleep(100)` would run for ever. JavaScript cannot
 * end an async function from outside, but its next step comes from a timer, and that timer is emptied when it falls
 * due. Timers that do not keep the process alive are infrastructure (keep-alive, caches) that later cells share.
 *
 * @returns call it once a cell has been interrupted; before that, nothing is hooked and nothing costs time
 */
export function leftoversStopper(cells: Cells): () => void {
  const hook = createHook({
    before() {
      if (cells.here.state !== 'interrupted') return;
      const timer = executionAsyncResource() as Timer;
      if (timer.constructor.name === 'Timeout' && timer.hasRef()) {
        timer._onTimeout = () => clearTimeout(timer as unknown as NodeJS.Timeout);
      } else if (timer.constructor.name === 'Immediate' && timer.hasRef()) {
        timer._onImmediate = () => {};
      }
    },
    // Promises are the many; without them the hook costs nothing measurable.
    trackPromises: false,
  } as Parameters<typeof createHook>[0]);
  return () => void hook.enable();
}
