import type { Definition, Note } from '../definition.ts';
import { observe } from '../observe.ts';

/** Waits for something slow and gives its name back. */
type Wait = (name: string) => Promise<string>;

/** Two waits that overlap: the smallest piece of concurrency there is. */
export const breakfast: Definition<(wait: Wait) => unknown> = {
  id: '00.1',
  title: 'tea and toast',
  task: 'The tea and the toast take their time one after another. Let them take it at the same time.',
  stub: async function breakfast(wait: Wait) {
    const tea = await wait('tea');
    const toast = await wait('toast');
    return [tea, toast];
  },
  hints: [
    'Calling wait(…) starts the waiting; await only asks for the answer. How soon can you start the second?',
    'Call wait twice before the first await, and keep the two promises together.',
    'Put them in an array and await Promise.all([…]) of it, which waits for both and gives both results in order.',
  ],
  solution: `async function breakfast(wait) {
  const both = [wait('tea'), wait('toast')]; // both have begun …
  return await Promise.all(both); // … before either is waited for
}`,
  async judge(answer, that) {
    const log: string[] = [];
    const wait: Wait = async (name) => {
      log.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, name === 'tea' ? 60 : 30));
      log.push(`${name} ends`);
      return name;
    };
    const { value, trouble } = await observe(() => answer(wait), 2_000);
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    judgeLog(log, that);
    const order = JSON.stringify(value) === JSON.stringify(['tea', 'toast']);
    that('it gives both names, tea first', order, `it gave ${JSON.stringify(value)}`);
  },
};

function judgeLog(log: readonly string[], that: Note): void {
  const story = log.join(', ') || 'nothing was waited for';
  const wanted = ['tea begins', 'toast begins', 'tea ends', 'toast ends'];
  if (!that('each is waited for once', isPermutation(log, wanted), story)) return;
  const firstEnd = log.findIndex((line) => line.endsWith('ends'));
  that('both waits overlap', firstEnd === 2, story);
}

function isPermutation(log: readonly string[], wanted: readonly string[]): boolean {
  return [...log].sort().join() === [...wanted].sort().join();
}
