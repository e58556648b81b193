import type { Definition } from '../definition.ts';
import { inWords, observe } from '../observe.ts';

type Steps = Generator<unknown, unknown, never>;

const limit = 1_500;

/** What `await` does with a promise that fails: the error comes in at the yield. */
export const drive: Definition<(steps: Steps) => unknown> = {
  id: '04.3',
  title: 'await, rebuilt',
  task: 'Drive a generator that yields promises: values and errors come back at their yields.',
  stub: function drive(steps: Generator<Promise<unknown>, unknown, unknown>) {
    return new Promise((resolve) => {
      const next = (value: unknown) => {
        const step = steps.next(value);
        if (step.done) resolve(step.value);
        else step.value.then(next);
      };
      next(undefined);
    });
  },
  hints: [
    'What becomes of the generator when the promise it yielded is rejected? And when what it yielded is no promise at all?',
    'then takes a second function, for the error; steps.throw(error) brings it in at the yield. And who hears of an error that the generator does not catch?',
    'Make go(way, value) that calls steps[way](value) in a try, whose catch rejects. Then Promise.resolve(step.value).then((v) => go("next", v), (e) => go("throw", e)).',
  ],
  solution: `function drive(steps) {
  return new Promise((resolve, reject) => {
    const go = (way, value) => {
      try {
        const step = steps[way](value);
        if (step.done) resolve(step.value);
        else Promise.resolve(step.value).then((v) => go('next', v), (e) => go('throw', e));
      } catch (error) {
        reject(error);
      }
    };
    go('next', undefined);
  });
}`,
  async judge(answer, that) {
    const fate = async (story: (log: string[]) => Steps) => {
      const log: string[] = [];
      const { value, trouble } = await observe(() => answer(story(log)), limit);
      return [...log, trouble === undefined ? `→ ${String(value)}` : `→ ${trouble}`].join(', ');
    };
    const told = await Promise.all([values, plain, caught, uncaught].map(fate));
    const wanted = [
      'begins, 1 after 20 ms, 2 after 5 ms, → both',
      'took 7, → plain',
      'caught Error: no tea, then coffee, cleaned up, → served',
      'cleaned up, → Error: no milk',
    ];
    const names = [
      'each yield waits for its promise and gives its value',
      'what is no promise comes back as it is',
      'a rejection is thrown at its yield, where it can be caught',
      'an error that nobody catches is the error of the whole',
    ];
    names.forEach((name, i) => void that(name, told[i] === wanted[i], told[i]!));
  },
};

function* values(log: string[]): Steps {
  log.push('begins');
  log.push(`${yield after(20, 1)} after 20 ms`);
  log.push(`${yield after(5, 2)} after 5 ms`);
  return 'both';
}

function* plain(log: string[]): Steps {
  log.push(`took ${yield 7}`);
  return 'plain';
}

function* caught(log: string[]): Steps {
  try {
    yield after(5, new Error('no tea'));
  } catch (error) {
    log.push(`caught ${inWords(error)}`);
    log.push(`then ${yield after(5, 'coffee')}`);
  } finally {
    log.push('cleaned up');
  }
  return 'served';
}

function* uncaught(log: string[]): Steps {
  try {
    yield after(5, 'tea');
    yield after(5, new Error('no milk'));
  } finally {
    log.push('cleaned up');
  }
  return 'served';
}

/**
 * A promise for a value, or a rejection with an error. What is chained to it counts as heard, so that an answer that
 * lets an error slip is judged wrong and does not end the program.
 */
function after(ms: number, result: unknown): Promise<unknown> {
  const promise = new Promise((resolve, reject) => {
    setTimeout(() => (result instanceof Error ? reject(result) : resolve(result)), ms);
  });
  const heard = <T>(chained: Promise<T>) => {
    Promise.prototype.then.call(chained, undefined, () => {});
    return chained;
  };
  const then: Promise<unknown>['then'] = (...given) => heard(Promise.prototype.then.apply(promise, given)) as never;
  return Object.assign(heard(promise), { then });
}
