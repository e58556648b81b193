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

judges('04.2', {
  'round by round': {
    right: (tasks) => {
      const results: unknown[] = [];
      let open = tasks.map((_, place) => place);
      while (open.length > 0) {
        open = open.filter((place) => {
          try {
            const step = tasks[place]!.next();
            if (step.done) results[place] = step.value;
            return !step.done;
          } catch (error) {
            results[place] = error;
            return false;
          }
        });
      }
      return results;
    },
  },
  'one after another': {
    wrong: (tasks) =>
      tasks.map((task) => {
        try {
          for (;;) {
            const step = task.next();
            if (step.done) return step.value;
          }
        } catch (error) {
          return error;
        }
      }),
    fails: /^one step each, in turn: a1 a2 a3 b1 c1/,
  },
  'the newest first': {
    wrong: (tasks) => {
      const results: unknown[] = [];
      const ready = tasks.map((task, place) => ({ task, place }));
      for (let next = ready.pop(); next; next = ready.pop()) {
        try {
          const step = next.task.next();
          if (step.done) results[next.place] = step.value;
          else ready.push(next);
        } catch (error) {
          results[next.place] = error;
        }
      }
      return results;
    },
    fails: /^one step each, in turn: d1 d2 c1/,
  },
  'results in the order of the ends': {
    wrong: (tasks) => {
      const results: unknown[] = [];
      const ready = [...tasks];
      for (let task = ready.shift(); task; task = ready.shift()) {
        try {
          const step = task.next();
          if (step.done) results.push(step.value);
          else ready.push(task);
        } catch (error) {
          results.push(error);
        }
      }
      return results;
    },
    fails: /^it gives what each returned, or its error: it gave e done, b done, Error: no more d, a done, c done$/,
  },
  'the error gets out': {
    wrong: (tasks) => {
      const ready = [...tasks];
      for (let task = ready.shift(); task; task = ready.shift()) if (!task.next().done) ready.push(task);
    },
    fails: /^it finishes: Error: no more d; the turns were a1 b1 c1 d1 a2 c2 d2 a3 c3$/,
  },
  'all for as many rounds as the first needs': {
    wrong: (tasks) => {
      const results: unknown[] = [];
      for (let round = 0; round < 5; round++) {
        tasks.forEach((task, place) => {
          try {
            const step = task.next();
            if (step.done && step.value !== undefined) results[place] = step.value;
          } catch (error) {
            results[place] = error;
          }
        });
      }
      return results;
    },
    fails: /^a task that is done has no more turns: \d+ turns too many$/,
  },
  'for ever': {
    wrong: (tasks) => {
      for (;;) {
        for (const task of tasks) {
          try {
            task.next();
          } catch (error) {
            if (/were done/.test(String(error))) throw error;
          }
        }
      }
    },
    fails: /it finishes: Error: tasks that were done got 1001 more turns/,
  },
  'the first step only': {
    wrong: (tasks) => tasks.map((task) => task.next().value),
    fails: /in turn: a1 b1 c1 d1\n/,
  },
  'it does nothing': { wrong: () => [], fails: /in turn: nobody had a turn/ },
});

judges('04.3', {
  'by an async function': {
    right: async (steps) => {
      let step = steps.next();
      for (;;) {
        if (step.done) return step.value;
        let back: { value?: unknown; error?: unknown };
        try {
          back = { value: await step.value };
        } catch (error) {
          back = { error };
        }
        step = 'error' in back ? steps.throw(back.error) : steps.next(back.value as never);
      }
    },
  },
  'errors not caught at all': {
    wrong: async (steps) => {
      let step = steps.next();
      while (!step.done) step = steps.next((await step.value) as never);
      return step.value;
    },
    fails: /^a rejection is thrown at its yield.*: → Error: no tea\n.*: → Error: no milk$/,
  },
  'errors come back as values': {
    wrong: async (steps) => {
      let step = steps.next();
      while (!step.done) step = steps.next((await Promise.resolve(step.value).catch((e) => e)) as never);
      return step.value;
    },
    fails: /where it can be caught: cleaned up, → served\n/,
  },
  'what it does not catch is lost': {
    wrong: (steps) =>
      new Promise((resolve) => {
        const go = (step: IteratorResult<unknown>) => {
          if (step.done) resolve(step.value);
          else
            Promise.resolve(step.value)
              .then(
                (value) => go(steps.next(value as never)),
                (error) => go(steps.throw(error)),
              )
              .catch(() => {});
        };
        go(steps.next());
      }),
    fails:
      /^an error that nobody catches is the error of the whole: cleaned up, → Error: it was still busy after 1.5 s$/,
  },
  'not waited for': {
    wrong: (steps) => {
      let step = steps.next();
      while (!step.done) step = steps.next(step.value as never);
      return step.value;
    },
    fails: /each yield waits .*: begins, \[object Promise\] after 20 ms/,
  },
  'nothing sent back': {
    wrong: async (steps) => {
      let step = steps.next();
      while (!step.done) {
        await step.value;
        step = steps.next(undefined as never);
      }
      return step.value;
    },
    fails: /gives its value: begins, undefined after 20 ms/,
  },
  'the given one, for promises only': {
    wrong: (steps) =>
      new Promise((resolve, reject) => {
        const go = (step: IteratorResult<unknown>) => {
          if (step.done) return resolve(step.value);
          (step.value as Promise<unknown>).then(
            (value) => step_(() => steps.next(value as never)),
            (error) => step_(() => steps.throw(error)),
          );
        };
        const step_ = (next: () => IteratorResult<unknown>) => {
          try {
            go(next());
          } catch (error) {
            reject(error);
          }
        };
        step_(() => steps.next());
      }),
    fails: /^what is no promise comes back as it is: → TypeError/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /gives its value: → Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /→ Error: it was still busy after 1.5 s/ },
});

judges('04.4', {
  'by Array.from': {
    right: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => {
        const visitor = visit(i);
        visitor.next();
        return visitor;
      });
      return all.reduce((sum, visitor, i) => sum + (visitor.next(i).value as number), 0);
    },
  },
  'made first, then begun': {
    right: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => visit(i));
      for (const visitor of all) visitor.next();
      let sum = 0;
      for (let i = count - 1; i >= 0; i--) sum += all[i]!.next(i).value as number;
      return sum;
    },
  },
  'in parties of a thousand': {
    wrong: (visit, count) => {
      let sum = 0;
      for (let from = 0; from < count; from += 1_000) {
        const party = Array.from({ length: 1_000 }, (_, i) => visit(from + i));
        for (const visitor of party) visitor.next();
        party.forEach((visitor, i) => {
          sum += visitor.next(from + i).value as number;
        });
      }
      return sum;
    },
    fails: /^all wait at the same time: at most 1,000 of 1,000,000$/,
  },
  'not begun': {
    wrong: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => visit(i));
      return all.reduce((sum, visitor, i) => sum + Number(visitor.next(i).value), 0);
    },
    fails: /own number: 0 were, 0 have returned\nthe sum is right: it gave NaN/,
  },
  'everybody the same number': {
    wrong: (visit, count) => {
      const all = Array.from({ length: count }, (_, i) => visit(i));
      for (const visitor of all) visitor.next();
      return all.reduce((sum, visitor) => sum + (visitor.next(1).value as number), 0);
    },
    fails: /own number: 1 were, 1,000,000 have returned/,
  },
  'the sum known beforehand': {
    wrong: (_visit, count) => count * (count - 1),
    fails: /^all wait at the same time: at most 0 of 1,000,000\neach is sent its own number: 0 were/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it runs: Error: no idea/,
  },
});
