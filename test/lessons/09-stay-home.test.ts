import type { Tools } from '../../src/exercises/lessons/09-stay-home.ts';
import { judges } from './table.ts';

type Work = (item: number) => number;

/** The answer with its decision left open. */
const deciding =
  (few: number, moves: (loop: number, rest: number, tools: Tools) => boolean) =>
  async (work: Work, items: number[], tools: Tools) => {
    const begun = tools.now();
    const results = items.slice(0, few).map(work);
    const rest = items.slice(few);
    const loop = ((tools.now() - begun) / few) * rest.length;
    if (!moves(loop, rest.length, tools)) return [...results, ...rest.map(work)];
    const pool = tools.open();
    try {
      return [...results, ...(await pool.map(work, rest))];
    } finally {
      await pool.shutdown();
    }
  };

judges('09.3', {
  'five items tried': { right: deciding(5, (loop, _, { start, workers }) => loop > start + loop / workers) },
  'one item tried': { right: deciding(1, (loop, _, { start, workers }) => loop > start + loop / workers) },
  'decided by the break-even number': {
    right: deciding(2, (loop, rest, { start, workers }) => {
      const gain = (loop / rest) * (1 - 1 / workers);
      return rest > start / gain;
    }),
  },
  'tried one by one, until it is clear': {
    right: async (work, items, { now, open, start, workers }) => {
      const results: number[] = [];
      const begun = now();
      while (results.length < items.length) {
        results.push(work(items[results.length]!));
        const loop = ((now() - begun) / results.length) * (items.length - results.length);
        if (results.length >= 4 && loop - loop / workers > start) break;
      }
      if (results.length === items.length) return results;
      const pool = open();
      return pool
        .map(work, items.slice(results.length))
        .then((rest) => [...results, ...rest])
        .finally(() => pool.shutdown());
    },
  },
  'a pool for nothing': {
    wrong: async (work, items, tools) => {
      if (items.length > 0)
        return deciding(3, (loop, _, { start, workers }) => loop > start + loop / workers)(work, items, tools);
      const pool = tools.open();
      await pool.shutdown();
      return [];
    },
    fails: /without items no pool is opened: .*1 opened/,
  },
  'never a pool': { wrong: (work, items) => items.map(work), fails: /goes to one pool.*no pool was opened/ },
  'always a pool, closed': {
    wrong: deciding(3, () => true),
    fails: /short work stays at home: .*1 opened/,
  },
  'the gain not counted': {
    wrong: deciding(3, (loop, _, { start }) => loop > start),
    fails: /saves less than it costs is not opened: .*1 opened, 7 items/,
  },
  'by the number of items': { wrong: deciding(3, (_, rest) => rest > 5), fails: /short work stays at home/ },
  'half of it tried': {
    wrong: (work, items, tools) =>
      deciding(items.length / 2, (loop, _, { start, workers }) => loop > start + loop / workers)(work, items, tools),
    fails: /after a few items at home: .*50 items ran there/,
  },
  'the first items again': {
    wrong: async (work, items, { now, open, start, workers }) => {
      const begun = now();
      items.slice(0, 3).map(work);
      const loop = ((now() - begun) / 3) * items.length;
      if (loop <= start + loop / workers) return items.map(work);
      const pool = open();
      try {
        return await pool.map(work, items);
      } finally {
        await pool.shutdown();
      }
    },
    fails: /each item is run once: 15 and 103 calls/,
  },
  'the first items lost': {
    wrong: async (work, items, tools) => {
      const all = await deciding(3, (loop, _, { start, workers }) => loop > start + loop / workers)(work, items, tools);
      return all.slice(3);
    },
    fails: /right and in order: it gave 9 results/,
  },
  'left open': {
    wrong: async (work, items, { now, open, start, workers }) => {
      const begun = now();
      const results = items.slice(0, 3).map(work);
      const rest = items.slice(3);
      const loop = ((now() - begun) / 3) * rest.length;
      return [...results, ...(loop <= start + loop / workers ? rest.map(work) : await open().map(work, rest))];
    },
    fails: /the pool is closed: left open/,
  },
  'left open when an item fails': {
    wrong: async (work, items, { now, open, start, workers }) => {
      const begun = now();
      const results = items.slice(0, 3).map(work);
      const rest = items.slice(3);
      const loop = ((now() - begun) / 3) * rest.length;
      if (loop <= start + loop / workers) return [...results, ...rest.map(work)];
      const pool = open();
      const more = await pool.map(work, rest);
      await pool.shutdown();
      return [...results, ...more];
    },
    fails: /the error is told and the pool is closed: .*left open/,
  },
  'the error swallowed': {
    wrong: (work, items, tools) =>
      deciding(3, (loop, _, { start, workers }) => loop > start + loop / workers)(work, items, tools).catch(() => []),
    fails: /the error is told .*without an error/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it hangs': { wrong: () => new Promise(() => {}), limit: 100, fails: /it finishes: Error: it was still busy/ },
});
