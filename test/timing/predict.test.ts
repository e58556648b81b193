import assert from 'node:assert/strict';
import { predict } from '../../src/timing/predict.ts';

describe('predict', () => {
  it('shows what is filled in and what is not', () => {
    const text = String(predict('speed-up', { threads: null, processes: 2 }));
    assert.match(text, /Prediction: speed-up[\s\S]*threads +…[\s\S]*processes +2\.00/);
  });

  it('is right within the tolerance, close within a factor of 2, else far off', () => {
    const guess = predict('speed-up', { a: 1.2, b: 1.9, c: 4, d: 0.3, e: null, f: 0.8 });
    const { verdicts, right, filledIn } = guess.score({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 });
    assert.deepEqual(verdicts, { a: 'right', b: 'close', c: 'far off', d: 'far off', e: 'not filled in', f: 'right' });
    assert.deepEqual([right, filledIn], [2, 5]);
    assert.equal(predict('x', { a: 3 }).score({ a: { median: 2.5 } }).verdicts.a, 'right');
    assert.equal(predict('x', { a: 3 }, { within: 4 }).score({ a: 1 }).verdicts.a, 'right');
  });

  it('says by how much a guess is off, and shows Python’s figure', () => {
    const text = String(predict('speed-up', { a: 4, b: 0.5 }).score({ a: 1, b: 1 }, { python: { a: 0.98 } }));
    assert.match(text, /0 of 2 right/);
    assert.match(text, /a +4\.00 +1\.00 +0\.98 +far off \(4\.00 × too high\)/);
    assert.match(text, /b +0\.500 +1\.00 +close \(2\.00 × too low\)/);
  });

  it('is no error when nothing is filled in, so that Run All works', () => {
    const score = predict('speed-up', { a: null, b: undefined as never }).score({ a: 1, b: 2 });
    assert.match(String(score), /no guess filled in/);
    assert.deepEqual(score.verdicts, { a: 'not filled in', b: 'not filled in' });
  });

  it('refuses what cannot be a guess, and names it', () => {
    for (const guess of ['2', Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => predict('speed-up', { threads: guess as number }),
        /The guess for threads is .*null for none/,
      );
    }
    assert.throws(() => predict('speed-up', {}), /no guesses/);
    assert.throws(() => predict({ threads: 2 } as never, undefined as never), TypeError);
    assert.throws(() => predict('speed-up', { a: 1 }, { within: 0.5 }), /within is a factor of at least 1/);
  });

  it('refuses to score what was not measured', () => {
    const guess = predict('speed-up', { threads: 2 });
    assert.throws(
      () => guess.score({ processes: 2 }),
      /guesses at 'threads', which was not measured. Measured: processes\./,
    );
  });
});
