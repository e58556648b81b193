import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Definition } from '../../src/exercises/definition.ts';
import { Exercise, exercise } from '../../src/exercises/exercise.ts';
import { definitions } from '../../src/exercises/lessons/index.ts';
import { progressOf } from '../../src/exercises/progress.ts';
import { resetProgress } from '../../src/exercises/report.ts';
import { displaySymbol } from '../../src/show/display.ts';
import { withScratchProgress } from './scratch.ts';

type Answer = (n: number) => number;
const double: Definition<Answer> = {
  id: '99.1',
  title: 'twice',
  task: 'Double a number.',
  stub: function twice(n: number) {
    return n;
  },
  hints: ['How often?', 'Two times.', 'n * 2'],
  solution: '(n) => n * 2',
  async judge(answer, that) {
    if (!that('it doubles 2', answer(2) === 4, `twice(2) is ${answer(2)}`)) return;
    that('it doubles <3>', answer(3) === 6, `twice(3) is ${answer(3)}`);
  },
};

describe('an exercise', () => {
  const scratch = withScratchProgress();
  const make = () => new Exercise<Answer>(double);

  it('tells correct, wrong and not attempted apart', async () => {
    const ex = make();
    assert.equal((await ex.check()).outcome, 'not attempted');
    assert.equal((await ex.check(undefined)).outcome, 'not attempted');
    assert.equal((await ex.check(double.stub as Answer)).outcome, 'not attempted');
    assert.equal(progressOf('99.1').tried, false);

    const wrong = await ex.check((n) => n + 2);
    assert.equal(wrong.outcome, 'wrong');
    assert.deepEqual(
      wrong.findings.map(({ holds }) => holds),
      [true, false],
    );
    assert.deepEqual(progressOf('99.1'), { tried: true, solved: false, hints: 0, solution: false });

    assert.equal((await ex.check((n) => n * 2)).outcome, 'correct');
    assert.equal(progressOf('99.1').solved, true);
  });

  it('names the property that failed with what was seen, in text and in HTML', async () => {
    const verdict = await make().check((n) => n + 2);
    const text = inspect(verdict);
    assert.match(text, /not yet ✗/);
    assert.match(text, /it doubles 2 +✓ yes +twice\(2\) is 4/);
    assert.match(text, /it doubles <3> +✗ no +twice\(3\) is 5/);
    const bundle = verdict[displaySymbol]();
    assert.equal(bundle['text/plain'], text);
    assert.match(bundle['text/html']!, /it doubles &#60;3&#62;/);
    assert.doesNotMatch(bundle['text/html']!, /<3>/);
  });

  it('gives its hints one by one, and all again at the end', () => {
    const ex = make();
    const texts = [1, 2, 3, 4].map(() => String(ex.hint()));
    assert.match(texts[0]!, /Hint 1 of 3/);
    assert.doesNotMatch(texts[0]!, /Two times/);
    assert.match(texts[1]!, /How often\?\n2\. Two times/);
    assert.match(texts[3]!, /Hint 3 of 3/);
    assert.equal(progressOf('99.1').hints, 3);
    assert.match(String(ex), /Hints left: 0/);
  });

  it('shows its solution folded, runs nothing of it, and still does so when solved', async () => {
    const ex = make();
    await ex.check((n) => n * 2);
    const shown = ex.solution()[displaySymbol]();
    assert.match(shown['text/html']!, /<details><summary>/);
    assert.match(shown['text/plain']!, /\(n\) => n \* 2/);
    assert.match(String(ex.hint()), /How often/);
    assert.equal(progressOf('99.1').solution, true);
  });

  it('says what it is and how far the reader is', async () => {
    const ex = make();
    assert.match(inspect(ex), /Exercise 99\.1: twice\n\nDouble a number\.\nNot attempted yet\. Hints left: 3\./);
    await ex.check((n) => n * 3);
    assert.match(inspect(ex), /Tried, not solved yet/);
    await ex.check((n) => n * 2);
    await ex.check((n) => n * 3);
    assert.match(inspect(ex), /Solved\./);
  });

  it('tells when progress cannot be saved', async () => {
    process.env.INTERLEAVED_PROGRESS = `${scratch.file()}/no/folder`;
    try {
      assert.match(String(await make().check((n) => n * 3)), /could not be saved \(ENOENT\)/);
    } finally {
      resetProgress();
    }
  });

  it('takes what cannot be told in words for wrong', async () => {
    const verdict = await exercise('07.1').check(async () => 10n);
    assert.equal(verdict.outcome, 'wrong');
    assert.match(String(verdict), /it can be judged +✗ no +TypeError: .*BigInt/);
  });

  it('is found by its id; another id is refused by name', () => {
    assert.match(String(exercise('00.1')), /Exercise 00\.1/);
    assert.throws(() => exercise('99.9' as '00.1'), /no exercise '99\.9'\. There are: 00\.1/);
  });

  it('is filed under its own id, with at least three hints that differ', () => {
    for (const [id, definition] of Object.entries(definitions)) {
      assert.equal(definition.id, id);
      assert.ok(definition.hints.length >= 3, id);
      assert.equal(new Set(definition.hints).size, definition.hints.length, id);
    }
  });
});
