import assert from 'node:assert/strict';
import { type AnswerTo, exercise } from '../../src/exercises/exercise.ts';
import { definitions, type ExerciseId } from '../../src/exercises/lessons/index.ts';
import { hurried } from '../../src/exercises/observe.ts';
import { withScratchProgress } from '../exercises/scratch.ts';

/**
 * One answer of a table: what becomes of it, and for a wrong one which property must fail. An answer that never ends, and
 * of which nothing else is asked, can be told from others after a `limit` in ms as well as after the time limit that its
 * exercise has for readers.
 */
type Entry<Id extends ExerciseId> =
  | { readonly right: AnswerTo<Id> }
  | { readonly wrong: AnswerTo<Id>; readonly fails: RegExp; readonly limit?: number };

/**
 * Runs every answer of a table against the check of an exercise. The given stub and the printed solution belong to
 * every table: the first must count as not attempted, the second as correct.
 */
export function judges<Id extends ExerciseId>(id: Id, table: Readonly<Record<string, Entry<Id>>>): void {
  const check = (answer: unknown) => exercise(id).check(answer as never);
  const { stub, solution } = definitions[id];

  describe(`the check of exercise ${id}`, function () {
    this.timeout(60_000);
    withScratchProgress();

    it('takes the given function for not attempted', async () => {
      assert.equal((await check(stub)).outcome, 'not attempted');
    });

    it('accepts the solution that the lesson shows', async () => {
      // The source is ours, and it is what a reader would paste into a cell.
      const verdict = await check(new Function(`return ${solution}`)());
      assert.equal(verdict.outcome, 'correct', String(verdict));
    });

    for (const [name, entry] of Object.entries(table)) {
      if ('right' in entry) {
        it(`accepts: ${name}`, async () => {
          const verdict = await check(entry.right);
          assert.equal(verdict.outcome, 'correct', String(verdict));
        });
      } else {
        it(`refuses: ${name}`, async () => {
          const judged = () => check(entry.wrong);
          const verdict = await (entry.limit ? hurried(entry.limit, judged) : judged());
          assert.equal(verdict.outcome, 'wrong', String(verdict));
          const failed = verdict.findings.filter(({ holds }) => !holds);
          const said = failed.map(({ property, evidence }) => `${property}: ${evidence}`).join('\n');
          assert.match(said, entry.fails);
        });
      }
    }
  });
}
