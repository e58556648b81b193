import Tinypool from 'tinypool';

const filename = new URL('./tasks.mjs', import.meta.url).href;

/** @type {import('./figures.mjs').Open} */
export function open(kind, workers) {
  const runtime = kind === 'thread' ? 'worker_threads' : 'child_process';
  const pool = new Tinypool({ filename, runtime, serialization: 'advanced', minThreads: workers, maxThreads: workers });
  return { run: (name, arg) => pool.run(arg, { name }), close: () => pool.destroy() };
}
