import type { Definition } from '../definition.ts';
import { inWords } from '../observe.ts';

/** One that waits for a number and returns twice that number. */
type Visitor = Generator<undefined, number, number>;
type Million = (visit: (i: number) => Visitor, count: number) => unknown;

const count = 1_000_000;

/** Suspended generators are so small that a million of them can wait at the same time. */
export const million: Definition<Million> = {
  id: '04.4',
  title: 'a million at once',
  task: 'Let all visitors wait at the same time; then send each its number, and add up what they return.',
  stub: function million(visit: (i: number) => Visitor, count: number) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const visitor = visit(i);
      visitor.next();
      sum += visitor.next(i).value as number;
    }
    return sum;
  },
  hints: [
    'How many of them wait at any moment here? When has a visitor begun to wait?',
    'A generator that was only made has not begun: the first next() brings it to its yield, and what that next is given gets lost.',
    'Two loops: one that makes each visitor, calls next() and keeps it in an array; one that sends visitor i the number i.',
  ],
  solution: `function million(visit, count) {
  const waiting = [];
  for (let i = 0; i < count; i++) {
    const visitor = visit(i);
    visitor.next(); // now it waits
    waiting.push(visitor);
  }
  let sum = 0;
  for (let i = 0; i < count; i++) sum += waiting[i].next(i).value;
  return sum;
}`,
  async judge(answer, that) {
    let [there, most, right, left] = [0, 0, 0, 0];
    let bytes = 0;
    const before = process.memoryUsage().heapUsed;
    function* visit(i: number): Visitor {
      there += 1;
      most = Math.max(most, there);
      if (there === count) bytes = (process.memoryUsage().heapUsed - before) / count;
      try {
        const n: number = yield;
        if (n === i) right += 1;
        left += 1;
        return 2 * n;
      } finally {
        there -= 1;
      }
    }
    try {
      const given = await answer(visit, count);
      const each = bytes > 0 ? `, ${Math.round(bytes)} B of heap each` : '';
      that('all wait at the same time', most === count, `at most ${write(most)} of ${write(count)}${each}`);
      that('each is sent its own number', right === count, `${write(right)} were, ${write(left)} have returned`);
      const sum = count * (count - 1);
      that('the sum is right', given === sum, `it gave ${write(given)} of ${write(sum)}`);
    } catch (error) {
      that('it runs', false, inWords(error));
    }
  },
};

function write(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value);
}
