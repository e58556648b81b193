import { judges } from './table.ts';

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
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /→ Error: it was still busy after 0.1 s/ },
});
