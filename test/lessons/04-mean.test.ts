import { judges } from './table.ts';

type Sent = number | null;

judges('04.1', {
  'sum and count in one object': {
    right: function* () {
      let all = { sum: 0, count: 0 };
      for (;;) {
        try {
          const n: Sent = yield all.count > 0 ? all.sum / all.count : undefined;
          if (n === null) return all.count;
          all = { sum: all.sum + n, count: all.count + 1 };
        } catch {
          all = { sum: 0, count: 0 };
        }
      }
    },
  },
  'an inner generator for each stretch': {
    right: function* () {
      for (;;) {
        try {
          return yield* (function* stretch(): Generator<unknown, number, Sent> {
            for (let count = 0, mean = 0; ; count++) {
              const n = yield mean;
              if (n === null) return count;
              mean += (n - mean) / (count + 1);
            }
          })();
        } catch {}
      }
    },
  },
  'the first number lost': {
    wrong: function* () {
      let [count, sum] = [-1, 0];
      for (;;) {
        const n: Sent = yield sum / Math.max(count, 1);
        if (n === null) return count;
        count += 1;
        if (count > 0) sum += n;
      }
    },
    fails: /every number counts: sent 10, 4, 22, -1: it gave 0, 4, 13/,
  },
  'no new start': {
    wrong: function* () {
      let [count, sum] = [0, 0];
      for (;;) {
        const n: Sent = yield sum / count;
        if (n === null) return count;
        count += 1;
        sum += n;
      }
    },
    fails: /^an error thrown in starts over: it ended with Error: start over$/,
  },
  'the error only swallowed': {
    wrong: function* () {
      let [count, sum] = [0, 0];
      for (;;) {
        try {
          const n: Sent = yield sum / count;
          if (n === null) return count;
          count += 1;
          sum += n;
        } catch {}
      }
    },
    fails: /starts over: after it, sent 6, 8: it gave 8.2, 8.16/,
  },
  'the error ends it': {
    wrong: function* () {
      let [count, sum] = [0, 0];
      try {
        for (;;) {
          const n: Sent = yield sum / count;
          if (n === null) return count;
          count += 1;
          sum += n;
        }
      } catch {
        return count;
      }
    },
    fails: /starts over: it ended$/,
  },
  'null is a number': {
    wrong: function* () {
      let [count, sum] = [0, 0];
      for (;;) {
        try {
          const n: Sent = yield sum / count;
          count += 1;
          sum += Number(n);
        } catch {
          [count, sum] = [0, 0];
        }
      }
    },
    fails: /^null ends it; .*done: false/,
  },
  'the last value yielded, not returned': {
    wrong: function* () {
      let [count, sum] = [0, 0];
      for (;;) {
        try {
          const n: Sent = yield sum / count;
          if (n === null) yield count;
          count += 1;
          sum += Number(n);
        } catch {
          [count, sum] = [0, 0];
        }
      }
    },
    fails: /^null ends it; .*{ value: 2, done: false }/,
  },
  'one count for all': {
    wrong: (() => {
      const all = { sum: 0, count: 0 };
      return function* () {
        for (;;) {
          const n: Sent = yield all.sum / all.count;
          all.sum += Number(n);
          all.count += 1;
        }
      };
    })(),
    fails: /every number counts: .* it gave 505/,
  },
  'no generator': { wrong: (() => 10) as never, fails: /it runs: TypeError/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it runs: Error: no idea/,
  },
});
