// The library itself, as it is built: what cells load.
import { tasks } from './tasks.mjs';

/** @type {typeof import('../../src/index.ts')} */
const { ProcessPoolExecutor, ThreadPoolExecutor } = await import(new URL('../../dist/index.js', import.meta.url).href);

/** @type {import('./figures.mjs').Open} */
export function open(kind, workers) {
  const pool = kind === 'thread' ? new ThreadPoolExecutor(workers) : new ProcessPoolExecutor(workers);
  return {
    run: (task, arg) => pool.submit(tasks[task], arg),
    map: (task, items) => pool.map(tasks[task], items),
    move: (numbers) => pool.with({ transfer: [numbers.buffer], transferResult: true }).submit(tasks.same, numbers),
    close: () => pool.shutdown(),
  };
}
