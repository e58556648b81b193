import { judges } from './table.ts';

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
