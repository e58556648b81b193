import { Execution } from '../../explore/execution.ts';
import { model } from '../../explore/model.ts';
import { planOf } from '../../explore/program.ts';
import type { Definition } from '../definition.ts';
import { observe } from '../observe.ts';

type Schedule = () => string | readonly string[];

/** The queue of the lesson: it asks `if` where it must ask `while`. */
const state = () => {
  const lock = model.lock();
  return { items: [] as string[], taken: [] as (string | undefined)[], lock, filled: model.condition(lock) };
};
type State = ReturnType<typeof state>;

function* put(s: State) {
  for (const item of ['tea', 'cake']) {
    yield* s.lock.acquire();
    s.items.push(item);
    yield* s.filled.notify();
    yield* s.lock.release();
  }
}

function* get(s: State) {
  yield* s.lock.acquire();
  if (s.items.length === 0) yield* s.filled.wait();
  s.taken.push(s.items.shift());
  yield* s.lock.release();
}

const isRight = (s: State): boolean => !s.taken.includes(undefined);

/** The explorer runs an interleaving that the reader chose. */
export const schedule: Definition<Schedule> = {
  id: '03.4',
  title: 'find the schedule that breaks this queue',
  task: 'Name the threads in the order of their steps, until somebody is given what is not there.',
  stub: function schedule() {
    return 'P P P P P P A A B B';
  },
  hints: [
    'As long as all items are put first, nobody waits. Who must come first for wait to be called at all?',
    'A waits for an item, is notified, and needs the lock again before it goes on. Who could have it in between?',
    'A A makes A wait. P P P puts one item, notifies A and lets the lock go. Now let B be faster than A.',
  ],
  solution: `function schedule() {
  return 'A A P P P B B A'; // A waits, P puts tea, B takes it, A wakes up and takes nothing
}`,
  async judge(answer, that) {
    const { value, trouble } = await observe(answer, 2_000);
    if (trouble !== undefined) return void that('it finishes', false, trouble);
    const names = typeof value === 'string' ? value.trim().split(/[\s,]+/) : value;
    const isList = Array.isArray(names) && names.every((name) => ['P', 'A', 'B'].includes(name));
    if (!that('it is a list of P, A and B', isList, `it gave ${JSON.stringify(value)}`)) return;
    const plan = planOf({ state, threads: { P: put, A: get, B: get } });
    const execution = new Execution(plan);
    for (const [index, name] of (names as string[]).entries()) {
      const thread = plan.names.indexOf(name);
      const can = (execution.enabled() >> thread) & 1;
      if (!can) {
        const why = (execution.alive >> thread) & 1 ? `it waits to ${execution.begins(thread)}` : 'it has ended';
        return void that('every step can be made', false, `not step ${index + 1}: ${name} cannot go on, ${why}`);
      }
      execution.step(thread);
      if (!isRight(execution.bare)) break;
    }
    that('every step can be made', true, `${execution.steps} steps`);
    const taken = execution.bare.taken.map((item) => item ?? 'nothing').join(', ');
    const seen = `after ${execution.steps} steps was taken: ${taken || 'nothing yet'}`;
    that('somebody is given what is not there', !isRight(execution.bare), seen);
  },
};
