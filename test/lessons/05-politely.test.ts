import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { judges } from './table.ts';

judges('05.4', {
  'after each step': {
    right: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        await nextTurn();
      }
      return results;
    },
  },
  'slices, by timers': {
    right: async (items, step) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i += 40) {
        for (const item of items.slice(i, i + 40)) results.push(step(item));
        await sleep(0);
      }
      return results;
    },
  },
  'an await that is no turn': {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        await null;
      }
      return results;
    },
    fails: /steps in one turn: at most 400/,
  },
  nextTick: {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        await new Promise<void>((resolve) => process.nextTick(resolve));
      }
      return results;
    },
    fails: /steps in one turn: at most 400/,
  },
  'slices too thick': {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        if (results.length % 100 === 0) await nextTurn();
      }
      return results;
    },
    fails: /steps in one turn: at most 100/,
  },
  'tasks side by side': {
    wrong: (items, step) =>
      Promise.all(
        items.map(async (item) => {
          await nextTurn();
          return step(item);
        }),
      ),
    fails: /steps in one turn: at most 400/,
  },
  'not waited for': {
    wrong: async (items, step) => {
      const results: number[] = [];
      void (async () => {
        for (const item of items) {
          results.push(step(item));
          await nextTurn();
        }
      })();
      return results;
    },
    fails: /each step is done once: \d steps for 400/,
  },
  'out of order': {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items.toReversed()) {
        results.push(step(item));
        if (results.length % 50 === 0) await nextTurn();
      }
      return results;
    },
    fails: /in order: it gave 400 results, \[1197/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
});
