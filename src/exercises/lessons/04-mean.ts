import type { Definition } from '../definition.ts';
import { same } from '../evidence.ts';
import { inWords } from '../observe.ts';

type Mean = () => Generator<unknown, unknown, number | null>;

const numbers = [10, 4, 22, -1];
const means = [10, 7, 12, 8.75];

/** One yield gives and takes; an error comes in where the generator stands; return brings a last value. */
export const mean: Definition<Mean> = {
  id: '04.1',
  title: 'a running mean',
  task: 'Each number that is sent gives the mean of all so far; an error thrown in starts over; null ends it.',
  stub: function* mean() {
    let count = 0;
    let sum = 0;
    for (;;) {
      const n: number | null = yield;
      if (n === null) return count;
      count += 1;
      sum += n;
      yield sum / count;
    }
  },
  hints: [
    'At which of the two yields does the generator stand when the second number is sent? What does it do with it?',
    'One yield is enough: it gives the mean out and takes the next number in. To start over, catch the error around it.',
    'try { n = yield sum / count; } catch { count = 0; sum = 0; continue; }',
  ],
  solution: `function* mean() {
  let count = 0;
  let sum = 0;
  for (;;) {
    let n;
    try {
      n = yield sum / count;
    } catch {
      count = 0;
      sum = 0;
      continue;
    }
    if (n === null) return count;
    count += 1;
    sum += n;
  }
}`,
  async judge(answer, that) {
    try {
      const [one, other] = [answer(), answer()];
      one.next();
      other.next();
      other.next(1_000);
      const given = numbers.map((n) => one.next(n).value);
      const seen = `sent ${numbers.join(', ')}: it gave ${given.map(String).join(', ')}`;
      if (!that('every number counts', same(given, means), seen)) return;
      const own = other.next(2_000).value;
      that('two of them are two', own === 1_500, `another, sent 1000 and 2000, gave ${String(own)}`);
      if (!that('an error thrown in starts over', ...startsOver(one))) return;
      const end = one.next(null);
      const told = `it gave { value: ${String(end.value)}, done: ${end.done} }`;
      that('null ends it; it returns how many it counted', end.done === true && end.value === 2, told);
    } catch (error) {
      that('it runs', false, inWords(error));
    }
  },
};

/** Throws into it, sends two numbers, and gives whether only those count, and what was seen. */
function startsOver(one: ReturnType<Mean>): [boolean, string] {
  try {
    const step = one.throw(new Error('start over'));
    if (step.done) return [false, 'it ended'];
    const given = [6, 8].map((n) => one.next(n).value);
    return [same(given, [6, 7]), `after it, sent 6, 8: it gave ${given.map(String).join(', ')}`];
  } catch (error) {
    return [false, `it ended with ${inWords(error)}`];
  }
}
