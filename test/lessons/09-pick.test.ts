import { judges } from './table.ts';

judges('09.2', {
  'a loop from the simplest on': {
    right: (engines, items) => {
      const costs = engines.map(({ start, each }) => start + items * each);
      const best = Math.min(...costs);
      for (const [at, { name }] of engines.entries()) if (costs[at]! <= best * 1.1) return name;
      return undefined;
    },
  },
  'sorted, in place': {
    right: (engines, items) => {
      const order = new Map(engines.map((engine, at) => [engine, at]));
      const cost = ({ start, each }: { start: number; each: number }) => start + items * each;
      const best = cost(engines.sort((a, b) => cost(a) - cost(b))[0]!);
      const near = engines.filter((engine) => cost(engine) <= 1.1 * best);
      return near.sort((a, b) => order.get(a)! - order.get(b)!)[0]!.name;
    },
  },
  'the fastest': {
    wrong: (engines, items) =>
      engines.reduce((a, b) => (b.start + items * b.each < a.start + items * a.each ? b : a)).name,
    fails: /goes to a pool: for 1000 items it gave processes/,
  },
  'the start forgotten': {
    wrong: (engines) => {
      const best = Math.min(...engines.map(({ each }) => each));
      return engines.find(({ each }) => each <= 1.1 * best)!.name;
    },
    fails: /the start counts: .*for 5 items it gave threads/,
  },
  'always threads': { wrong: () => 'threads', fails: /stays at home: for 5 items it gave threads/ },
  'no pool that is not twice as fast': {
    wrong: (engines, items) => {
      const cost = ({ start, each }: { start: number; each: number }) => start + items * each;
      const best = Math.min(...engines.map(cost));
      return engines.find((engine) => cost(engine) <= 2 * best)!.name;
    },
    fails: /goes to a pool: for 1000 items it gave loop/,
  },
  'better by a tenth than the one before': {
    wrong: (engines, items) => {
      const cost = ({ start, each }: { start: number; each: number }) => start + items * each;
      return engines.reduce((a, b) => (cost(a) > 1.1 * cost(b) ? b : a)).name;
    },
    fails: /a tenth of the fastest counts, not of the next: .*processes/,
  },
  'a whole engine': { wrong: (engines) => engines[2], fails: /goes to a pool: .*\[object Object\]/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /goes to a pool: Error: no idea/,
  },
  'it hangs': { wrong: () => new Promise(() => {}), limit: 100, fails: /goes to a pool: Error: it was still busy/ },
});
