import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';

const file = fileURLToPath(new URL('./workerpool-worker.mjs', import.meta.url));

/** @type {import('./figures.mjs').Open} */
export function open(workerType, workers) {
  const forkOpts = { serialization: 'advanced' };
  const pool = workerpool.pool(file, { workerType, forkOpts, minWorkers: workers, maxWorkers: workers });
  return {
    run: (name, arg) => pool.exec(name, [arg]),
    move: (numbers) => pool.exec('moveBack', [numbers], { transfer: [numbers.buffer] }),
    close: () => pool.terminate(true),
  };
}
