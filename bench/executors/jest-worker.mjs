import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';
import { tasks } from './tasks.mjs';

const file = fileURLToPath(new URL('./tasks.mjs', import.meta.url));

/** @type {import('./figures.mjs').Open} */
export function open(kind, numWorkers) {
  const enableWorkerThreads = kind === 'thread';
  const pool = new Worker(file, { numWorkers, enableWorkerThreads, exposedMethods: Object.keys(tasks) });
  return { run: (name, arg) => pool[name](arg), close: () => pool.end() };
}
