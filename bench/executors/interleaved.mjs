// The library itself, as it is built: what cells load.
import { registerHooks } from 'node:module';
import { figuresOf, ms, msOfMany } from './figures.mjs';
import { tasks } from './tasks.mjs';

/** @type {import('./figures.mjs').Open} */
export async function open(kind, workers) {
  const { ProcessPoolExecutor, ThreadPoolExecutor } = await library();
  const pool = kind === 'thread' ? new ThreadPoolExecutor(workers) : new ProcessPoolExecutor(workers);
  return {
    run: (task, arg) => pool.submit(tasks[task], arg),
    map: (task, items) => pool.map(tasks[task], items),
    move: (numbers) => pool.with({ transfer: [numbers.buffer], transferResult: true }).submit(tasks.same, numbers),
    close: () => pool.shutdown(),
  };
}

/** Those of every pool, and what a recorder costs. @param {import('./figures.mjs').Kind} kind */
export async function figures(kind) {
  const { Recorder } = await library();
  const pool = await open(kind, 2);
  const recorded = async (count, work) => {
    let recorder = new Recorder();
    const time = await msOfMany(count, async () => {
      recorder = new Recorder();
      recorder.start();
      try {
        await work();
      } finally {
        recorder.stop();
      }
    });
    if (recorder.dropped > 0 || recorder.events.length < 8000) throw new Error('not all was recorded');
    return time;
  };
  const nothings = () => pool.map('nothing', Array.from({ length: 10_000 }));
  const shorts = () => pool.map('short', Array.from({ length: 2000 }));
  return {
    ...(await figuresOf(open, kind, pool)),
    'map of no-ops': () => msOfMany(5, nothings),
    'map of no-ops, recorded': () => recorded(5, nothings),
    'map of tasks of 0.1 ms': () => ms(shorts),
    'map of tasks of 0.1 ms, recorded': () => recorded(1, shorts),
  };
}

/** The figures of a library that has no events to record. @param {import('./figures.mjs').Kind} kind */
export function figuresWithoutEvents(kind) {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.includes('/dist/')) return loaded;
      return { ...loaded, source: String(loaded.source).replaceAll(/channels\.\w+\.hasSubscribers/g, 'false') };
    },
  });
  return figures(kind);
}

/** @returns {Promise<typeof import('../../src/index.ts')>} */
function library() {
  return import(new URL('../../dist/index.js', import.meta.url).href);
}
