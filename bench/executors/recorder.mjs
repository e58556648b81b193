// What a recorder costs the library's pools. In a process of its own: the library is loaded twice here, and collections,
// which every figure meets now and then, take longer in a larger heap.
import { registerHooks } from 'node:module';
import { settled } from '../tools/middle.mjs';
import { ms } from './figures.mjs';
import { tasks } from './tasks.mjs';

/** @typedef {typeof import('../../src/index.ts')} Library */

const dist = new URL('../../dist/', import.meta.url).href;

/** @param {Library} library @param {import('./figures.mjs').Kind} kind */
function newPool({ ProcessPoolExecutor, ThreadPoolExecutor }, kind) {
  return kind === 'thread' ? new ThreadPoolExecutor(2) : new ProcessPoolExecutor(2);
}

/** Ratios, for maps of two lengths. @param {import('./figures.mjs').Kind} kind */
export async function figures(kind) {
  const recordable = await anew('recordable');
  const plain = newPool(recordable, kind);
  const without = newPool(await anew(withoutEvents), kind);
  const maps = { 'no-ops': ['nothing', 10_000, 25], 'tasks of 0.1 ms': ['short', 2000, 9] };
  const figures = Object.entries(maps).flatMap(([name, [task, count, times]]) => {
    const items = Array.from({ length: count });
    const map = () => ms(() => plain.map(tasks[task], items));
    const on = () => recorded(recordable, map, 4 * count);
    const none = () => ms(() => without.map(tasks[task], items));
    return [
      [`map of ${name}, recorder off`, () => on().then(() => settled(times, () => quotient(map, none)))],
      [`map of ${name}, recorder on`, () => settled(times, () => quotient(on, map))],
    ];
  });
  return Object.fromEntries(figures);
}

let swapped = false;

/** `above ÷ below`; every second time the lower one is measured first. */
async function quotient(above, below) {
  swapped = !swapped;
  const first = await (swapped ? below : above)();
  const second = await (swapped ? above : below)();
  return swapped ? second / first : first / second;
}

async function recorded({ Recorder }, measure, events) {
  const recorder = new Recorder();
  recorder.start();
  const time = await measure().finally(() => recorder.stop());
  if (recorder.dropped > 0 || recorder.events.length < events) throw new Error('not all was recorded');
  return time;
}

const withoutEvents = 'without-events';

/**
 * The library once more, compiled and warmed apart from the one of all other figures, so that the two which tell a
 * recorder's price have lived through the same. One of them comes without a word about events: what a recorder that
 * is off is measured against.
 * @param {string} name
 * @returns {Promise<Library>}
 */
function anew(name) {
  const mark = `?${name}`;
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const isPart = context.parentURL?.endsWith(mark) && resolved.url.startsWith(dist);
      return isPart ? { ...resolved, url: `${resolved.url}${mark}` } : resolved;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(mark) || name !== withoutEvents) return loaded;
      return { ...loaded, source: String(loaded.source).replaceAll(/channels\.\w+\.hasSubscribers/g, 'false') };
    },
  });
  return import(`${dist}index.js${mark}`);
}
