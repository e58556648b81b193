import { Lock } from '../../sync/lock.ts';
import type { Definition } from '../definition.ts';
import { inThreads } from './03-live.ts';

/** The shared number, read and written with nothing to protect it. */
export interface Total {
  read(): number;
  write(value: number): void;
}
type Tally = (items: number[], weigh: (item: number) => number, total: Total, lock: Lock) => unknown;

const threads = 3;
const each = 30;
/** Words of the notes: the total, writes so far, updates that others came into, at work now, the most there were. */
const words = 5;

/** Read, add and write belong together under the lock; the work that takes the time does not. */
export const tally: Definition<Tally> = {
  id: '03.1',
  title: 'fix the counter',
  task: 'Lose no weight, and let the threads still weigh at the same time.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: what the answer still has to use.
  stub: function tally(items: number[], weigh: (item: number) => number, total: Total, lock: Lock) {
    for (const item of items) {
      const weight = weigh(item);
      total.write(total.read() + weight);
    }
  },
  hints: [
    'Which two calls must nobody come between? They are in one line.',
    'lock.withSync(() => { … }) runs a function while nobody else holds the lock.',
    'Only the line with read and write belongs into it: whoever weighs inside keeps all the others waiting.',
  ],
  solution: `function tally(items, weigh, total, lock) {
  for (const item of items) {
    const weight = weigh(item);
    lock.withSync(() => total.write(total.read() + weight));
  }
}`,
  async judge(answer, that) {
    const notes = new Int32Array(new SharedArrayBuffer(4 * words));
    const lock = new Lock({ name: 'the lock' });
    const share = (index: number) => Array.from({ length: each }, (_, i) => index * each + i + 1);
    const given = Array.from(
      { length: threads },
      (_, index) => [answer, share(index), lock, notes] as Parameters<typeof run>,
    );
    const wrong = await inThreads(run, given);
    if (wrong !== undefined) return void that('it finishes', false, wrong);
    const [total, , between, , most] = notes;
    const all = (threads * each * (threads * each + 1)) / 2;
    that('no weight is lost', total === all, `${total} of ${all}`);
    const came = between === 0 ? 'nobody did' : `${between} of ${threads * each} times somebody did`;
    that('nobody writes between a read and its write', between === 0, came);
    that('threads weigh at the same time', most! >= 2, `at most ${most} of ${threads} at once`);
    that('the lock is free at the end', !lock.locked, lock.locked ? `${lock.holder} has it` : 'it is');
  },
};

/** The answer in its thread. It names nothing outside itself. */
async function run(answer: Tally, items: number[], lock: Lock, notes: Int32Array): Promise<void> {
  const [sum, writes, between, working, most] = [0, 1, 2, 3, 4] as const;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const rest = (ms: number) => Atomics.wait(nobody, 0, 0, ms);
  let seen = 0;
  let halfDone = false;
  const total: Total = {
    read() {
      halfDone = true;
      seen = Atomics.load(notes, writes);
      const value = Atomics.load(notes, sum);
      rest(0.2); // so that others can come in between, if they may
      return value;
    },
    write(value) {
      halfDone = false;
      if (Atomics.load(notes, writes) !== seen) Atomics.add(notes, between, 1);
      Atomics.store(notes, sum, value);
      Atomics.add(notes, writes, 1);
    },
  };
  // Who takes the lock between a read and its write had let it go: now others have the time to come in.
  for (const way of ['acquire', 'acquireSync', 'tryAcquire', 'with', 'withSync'] as const) {
    const take = lock[way].bind(lock) as (...given: unknown[]) => unknown;
    const takeLate = (...given: unknown[]) => {
      if (halfDone) rest(5);
      return take(...given);
    };
    Object.assign(lock, { [way]: takeLate });
  }
  const weigh = (item: number): number => {
    const now = Atomics.add(notes, working, 1) + 1;
    for (let seen = Atomics.load(notes, most); seen < now; seen = Atomics.load(notes, most)) {
      Atomics.compareExchange(notes, most, seen, now);
    }
    rest(1);
    Atomics.sub(notes, working, 1);
    return item;
  };
  await answer(items, weigh, total, lock);
}
