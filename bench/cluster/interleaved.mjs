// The library itself, as it is built: what cells load.
import { tasks } from '../executors/tasks.mjs';

/** @type {typeof import('../../src/index.ts')} */
const { ClusterExecutor } = await import(new URL('../../dist/index.js', import.meta.url).href);

/** @type {import('./figures.mjs').Open} */
export async function open(workers) {
  const pool = new ClusterExecutor(workers);
  await pool.warmUp();
  return {
    run: (task, arg) => pool.submit(tasks[task], arg),
    map: (task, items) => pool.map(tasks[task], items),
    close: () => pool.shutdown(),
  };
}
