import { judges } from './table.ts';

judges('09.1', {
  'rounded up, and one more where it comes out even': {
    right: (loop, start, each) => {
      if (loop <= each) return Number.POSITIVE_INFINITY;
      const even = start / (loop - each);
      return Number.isInteger(even) ? even + 1 : Math.ceil(even);
    },
  },
  'counted up': {
    right: (loop, start, each) => {
      for (let n = 1; n < 1e6; n++) if (start + n * each < n * loop) return n;
      return Number.POSITIVE_INFINITY;
    },
  },
  'a promise of it': {
    right: async (loop, start, each) =>
      each < loop ? Math.floor(start / (loop - each)) + 1 : Number.POSITIVE_INFINITY,
  },
  'the start ÷ the loop': {
    wrong: (loop, start) => Math.ceil(start / loop),
    fails: /with one less it is not: .*it gave 7/,
  },
  'not rounded': { wrong: (loop, start, each) => start / (loop - each), fails: /with one less it is not: .*12\.6/ },
  'rounded up': {
    wrong: (loop, start, each) => (each < loop ? Math.ceil(start / (loop - each)) : Number.POSITIVE_INFINITY),
    fails: /equally long is not faster: .*it gave 12/,
  },
  'two at least': {
    wrong: (loop, start, each) =>
      each < loop ? Math.max(2, Math.floor(start / (loop - each)) + 1) : Number.POSITIVE_INFINITY,
    fails: /one item may be enough: .*it gave 2/,
  },
  'a negative number of items': {
    wrong: (loop, start, each) => Math.floor(start / (loop - each)) + 1,
    fails: /never pays: .*it gave -29/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /with one less it is not: Error: no idea/,
  },
  'it hangs': {
    wrong: () => new Promise(() => {}),
    limit: 100,
    fails: /with one less it is not: Error: it was still busy/,
  },
});
