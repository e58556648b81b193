import type { Definition } from '../definition.ts';
import { inWords } from '../observe.ts';

type Task = Iterator<unknown, unknown, undefined>;

/** How many steps each task has; one fails at its last. */
const lengths = { a: 3, b: 1, c: 4, d: 2, e: 0 };
const failing = 'd';
/** Steps after its end that a task bears: an answer must not go on for ever. */
const patience = 1_000;

/** A ready queue: whoever has had a turn goes to its end. */
export const takeTurns: Definition<(tasks: Task[]) => unknown> = {
  id: '04.2',
  title: 'taking turns',
  task: 'Run the tasks a step each in turn, and give what each returned, or the error with which it failed.',
  stub: function takeTurns(tasks: Task[]) {
    const results: unknown[] = [];
    for (const task of tasks) {
      let step = task.next();
      while (!step.done) step = task.next();
      results.push(step.value);
    }
    return results;
  },
  hints: [
    'Who has the second turn here, and who should have it?',
    'Keep those that are not done in a queue: take the first, give it one step, and put it at the end unless it is done. Where does its result belong?',
    'Let the queue hold each task with its place: { task, place }. try { step = task.next() } catch (error) { results[place] = error; continue; }',
  ],
  solution: `function takeTurns(tasks) {
  const results = [];
  const ready = tasks.map((task, place) => ({ task, place }));
  while (ready.length > 0) {
    const { task, place } = ready.shift();
    try {
      const step = task.next();
      if (step.done) results[place] = step.value;
      else ready.push({ task, place });
    } catch (error) {
      results[place] = error;
    }
  }
  return results;
}`,
  async judge(answer, that) {
    const log: string[] = [];
    let late = 0;
    const tasks = Object.entries(lengths).map(([name, steps]) =>
      watched(work(name, steps, log), () => {
        late += 1;
        if (late > patience) throw new Error(`tasks that were done got ${late} more turns`);
      }),
    );
    let given: unknown;
    try {
      given = await answer(tasks);
    } catch (error) {
      given = undefined;
      const story = log.length > 0 ? `; the turns were ${log.join(' ')}` : '';
      return void that('it finishes', false, `${inWords(error)}${story}`);
    }
    const wanted = inTurn().join(' ');
    that('one step each, in turn', log.join(' ') === wanted, log.join(' ') || 'nobody had a turn');
    that('a task that is done has no more turns', late === 0, `${late} turns too many`);
    const results = Array.isArray(given) ? given.map(said) : [String(given)];
    const expected = Object.keys(lengths).map((name) => (name === failing ? `Error: no more ${name}` : `${name} done`));
    that(
      'it gives what each returned, or its error',
      results.join() === expected.join(),
      `it gave ${results.join(', ')}`,
    );
  },
};

function* work(name: string, steps: number, log: string[]): Generator<undefined, string, undefined> {
  for (let step = 1; step <= steps; step++) {
    log.push(`${name}${step}`);
    yield;
  }
  if (name === failing) throw new Error(`no more ${name}`);
  return `${name} done`;
}

/** Tells when it is asked for a step after its end. */
function watched(task: Task, tooLate: () => void): Task {
  let over = false;
  return {
    next() {
      if (over) tooLate();
      try {
        const step = task.next();
        over = step.done === true;
        return step;
      } catch (error) {
        over = true;
        throw error;
      }
    },
  };
}

/** The steps as a fair scheduler runs them. */
function inTurn(): string[] {
  const rounds = Math.max(...Object.values(lengths));
  return Array.from({ length: rounds }, (_, round) =>
    Object.entries(lengths)
      .filter(([, steps]) => round < steps)
      .map(([name]) => `${name}${round + 1}`),
  ).flat();
}

function said(value: unknown): string {
  return value instanceof Error ? `Error: ${value.message}` : String(value);
}
