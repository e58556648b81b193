import { move, Piscina } from 'piscina';

const filename = new URL('./tasks.mjs', import.meta.url).href;

/** @type {import('./figures.mjs').Open} */
export function open(_, workers) {
  const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers });
  return {
    run: (name, arg) => pool.run(arg, { name }),
    move: (numbers) => pool.run(move(numbers), { filename: mover, name: 'moveBack' }),
    close: () => pool.destroy(),
  };
}

const mover = new URL('./piscina-worker.mjs', import.meta.url).href;
