import { AsyncExecutor } from '../../src/executors/executors.ts';
import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import { judges } from './table.ts';

judges('05.1', {
  'a semaphore': {
    right: (limit, items, work) => {
      const places = new AsyncSemaphore(limit);
      return Promise.all(items.map((item) => places.with(() => work(item))));
    },
  },
  'an executor': { right: (limit, items, work) => new AsyncExecutor(limit).map(work, items) },
  'a race among those under way': {
    right: async (limit, items, work) => {
      const under = new Set<Promise<void>>();
      const results: number[] = [];
      for (const [index, item] of items.entries()) {
        const one: Promise<void> = work(item).then((result) => {
          results[index] = result;
          under.delete(one);
        });
        under.add(one);
        if (under.size >= limit) await Promise.race(under);
      }
      await Promise.all(under);
      return results;
    },
  },
  'all at once': {
    wrong: (_limit, items, work) => Promise.all(items.map(work)),
    fails: /never more: at most 9 at once/,
  },
  'groups of three': {
    wrong: async (limit, items, work) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i += limit) {
        results.push(...(await Promise.all(items.slice(i, i + limit).map(work))));
      }
      return results;
    },
    fails: /holds up nobody: 2 of 8/,
  },
  'one after another, otherwise': {
    wrong: async (_limit, items, work) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i++) results.push(await work(items[i]!));
      return results;
    },
    fails: /never more: at most 1 at once/,
  },
  'results as they come': {
    wrong: async (limit, items, work) => {
      const places = new AsyncSemaphore(limit);
      const results: number[] = [];
      await Promise.all(items.map((item) => places.with(async () => results.push(await work(item)))));
      return results;
    },
    fails: /in order: it gave 9 results, \[21,/,
  },
  'always two places': {
    wrong: (_limit, items, work) => new AsyncExecutor(2).map(work, items),
    fails: /never more: at most 2 at once/,
  },
  'a worker for each place, asked or not': {
    wrong: async (limit, items, work) => {
      const results: number[] = [];
      let next = 0;
      const worker = async () => {
        do {
          const mine = next++;
          results[mine] = await work(items[mine]!);
        } while (next < items.length);
      };
      await Promise.all(Array.from({ length: limit }, worker));
      return results;
    },
    fails: /fewer items than places are no trouble/,
  },
  'some twice': {
    wrong: async (limit, items, work) => {
      await work(items[1]!);
      return new AsyncExecutor(limit).map(work, items);
    },
    fails: /worked on once: 10 calls for 9/,
  },
  'nothing awaited': {
    wrong: (_limit, items, work) => void items.slice(0, 3).map(work),
    fails: /in order: it gave undefined/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
