import assert from 'node:assert/strict';
import { displaySymbol } from '../../src/show/display.ts';
import { now } from '../../src/timing/clock.ts';
import { compare } from '../../src/timing/compare.ts';
import { type CompareOptions, planOf } from '../../src/timing/compare-options.ts';
import { Comparison } from '../../src/timing/comparison.ts';
import { predict } from '../../src/timing/predict.ts';
import { Timeline } from '../../src/timing/timeline.ts';
import { inCell } from '../show/cell.ts';
import { publish, task } from './story.ts';

function spin(ms: number): number {
  const end = now() + ms;
  while (now() < end);
  return 7;
}

describe('compare', () => {
  it('runs a warm-up and interleaved rounds that each begin with another contender', async () => {
    const order: string[] = [];
    const logging = (name: string) => () => void order.push(name);
    const { rounds } = await compare({ a: logging('a'), b: logging('b'), c: logging('c') }, { rounds: 3, warmup: 1 });
    assert.equal(rounds, 3);
    assert.equal(order.join(''), 'abcbcacababc');
  });

  it('takes speed-ups within rounds, against the first or the named baseline', async () => {
    const contenders = { a: () => spin(2), b: () => spin(1) };
    const first = await compare(contenders, { rounds: 3, warmup: 0 });
    assert.deepEqual(first.speedUps.a, { median: 1, least: 1, most: 1 });
    const { least, median, most } = first.speedUps.b!;
    assert.ok(least <= median && median <= most);
    assert.deepEqual(first.values, { a: 7, b: 7 });
    const { speedUps, times } = await compare(contenders, { rounds: 1, baseline: 'b' });
    assert.equal(speedUps.a!.median, times.b!.median / times.a!.median);
  });

  it('takes a list of named functions', async () => {
    const one = () => 1;
    const two = () => 1;
    assert.deepEqual(Object.keys((await compare([one, two], { rounds: 1 })).times), ['one', 'two']);
  });

  it('refuses to compare different work, and names who gave what', async () => {
    let runs = 0;
    const wrong = compare({ right: () => [1, 2], wrong: () => [1, ++runs + 2] }, { rounds: 5 });
    await assert.rejects(wrong, /wrong gave \[ 1, 3 \], but right gave \[ 1, 2 \].*differ: \{ "wrong": 'because …' \}/);
    assert.equal(runs, 1);
    // A name that every object has.
    await assert.rejects(compare({ right: () => 1, toString: () => 'two' }, { rounds: 1 }), /toString gave 'two'/);
  });

  it('compares with `equal` if given', async () => {
    const equal = (a: number, b: number) => Math.abs(a - b) < 1e-9;
    await compare({ a: () => 0.3, b: () => 0.1 + 0.2 }, { rounds: 1, equal });
    await assert.rejects(compare({ a: () => 0.3, b: () => 0.1 + 0.2 }, { rounds: 1 }), /same work/);
  });

  it('lets contenders differ that are meant to, and says so', async () => {
    const differ = { racing: 'it loses updates' };
    const result = await compare({ locked: () => 2, racing: () => 1, other: () => 2 }, { rounds: 1, differ });
    assert.match(String(result), /racing is meant to differ: it loses updates\./);
    assert.match(String(result), /Same result in every round: locked, other\./);
  });

  it('sets Python’s figures beside ours and derives its speed-ups', async () => {
    const python = { serial: 1.17, threads: 1.199, processes: { speedUp: 1.76 } };
    const result = await compare({ serial: () => 1, threads: () => 1, processes: () => 1 }, { rounds: 1, python });
    assert.equal(result.python.threads!.toFixed(3), '0.976');
    assert.match(String(result), /in Python[\s\S]*1\.17 s[\s\S]*1\.20 s \(0\.98 ×\)[\s\S]*1\.76 ×/);
  });

  it('scores a prediction', async () => {
    const prediction = predict('speed-up', { fast: 1000, slow: null });
    const text = String(await compare({ slow: () => spin(3), fast: () => spin(1) }, { rounds: 1, prediction }));
    assert.match(text, /Your prediction, speed-up: 0 of 1 right/);
    assert.match(text, /fast +1,000 .*far off \(.* × too high\)/);
  });

  it('stops when its budget is used up, with one round at least', async () => {
    const result = await compare({ a: () => spin(5) }, { rounds: 50, budget: 12 });
    assert.ok(result.rounds >= 1 && result.rounds < 50);
    assert.match(String(result), /of 50 rounds: the budget of 12\.0 ms was used up\.|One round without a warm-up/);
    let runs = 0;
    const cold = await compare({ a: () => (runs += spin(5)) }, { budget: 1 });
    assert.deepEqual([cold.rounds, runs], [1, 7]);
    assert.match(String(cold), /One round without a warm-up: the budget of 1\.00 ms was used up\./);
  });

  it('throws a contender’s own error', async () => {
    const error = new RangeError('mine');
    const failing = () => {
      throw error;
    };
    await assert.rejects(compare({ fine: () => 1, failing }), (thrown) => thrown === error);
  });

  it('refuses bad options before any work', async () => {
    let worked = false;
    const a = () => {
      worked = true;
    };
    const cases: [unknown, CompareOptions, RegExp][] = [
      [{}, {}, /at least one contender/],
      [[], {}, /at least one contender/],
      [undefined, {}, /needs contenders, not undefined/],
      [{ a: 5 }, {}, /The contender a is 5, not a function/],
      [{ a: a() as unknown }, {}, /The contender a is undefined/],
      [[a, a], {}, /Two contenders are called a/],
      [{ a }, { rounds: Number.NaN }, /rounds is a whole number of at least 1, not NaN/],
      [{ a }, { rounds: 0 }, /rounds/],
      [{ a }, { rounds: 2.5 }, /rounds/],
      [{ a }, { warmup: -1 }, /warmup is a whole number of at least 0, not -1/],
      [{ a }, { budget: Number.NaN }, /budget/],
      [{ a }, { baseline: 'b' }, /baseline names 'b', which is no contender: a\./],
      [{ a }, { differ: { b: 'why' } }, /differ names 'b'/],
      [{ a }, { differ: { a: '' } }, /the reason/],
      [{ a }, { differ: { a: true as unknown as string } }, /the reason why a gives another result, not true/],
      [{ a }, { python: { b: 1 } }, /python names 'b'/],
      [{ a }, { python: { a: 0 } }, /Python's figure for a is 0/],
      [{ a }, { prediction: predict('x', { b: 1 }) }, /prediction names 'b'/],
    ];
    worked = false;
    for (const [contenders, options, message] of cases) {
      await assert.rejects(compare(contenders as never, options), message);
    }
    assert.equal(worked, false);
  });

  it('says what one core cannot do, and when the rounds lie far apart, but not why', () => {
    const plan = planOf({ a: () => 1 }, {});
    const round = (ms: number) => {
      const run = { value: 1, ms, cpuMs: 1, peakMemory: 1, events: 0, timeline: () => new Timeline([]) };
      return new Map([['a', run]]);
    };
    const alone = String(new Comparison({ ...plan, cores: 1 }, [round(10), round(16), round(11)]));
    assert.match(alone, /This machine offers one core: no speed-up is to be expected/);
    assert.match(alone, /a took from 10\.0 ms to 16\.0 ms: rounds so far apart .* Run it again/);
    const short = String(new Comparison(plan, [round(0.05), round(0.1)]));
    assert.match(short, /a took from 50\.0 µs to 100 µs: a time so short .* rough\./);
    assert.doesNotMatch(short, /Run it again/);
    const calm = String(new Comparison({ ...plan, cores: 2 }, [round(10), round(12)]));
    assert.doesNotMatch(calm, /one core|took from/);
  });

  it('forgets the events of earlier rounds when there are very many, and keeps the last', async () => {
    let id = 0;
    const busy = () => {
      const at = now();
      for (let index = 0; index < 15_000; index++) publish(task(id++, 'thread 1', [at, at, at, at]));
    };
    const result = await compare({ busy }, { rounds: 5, warmup: 0 });
    assert.equal(result.timelines.busy!.tasks.length, 15_000);
  }).timeout(120_000);

  describe('in a notebook', () => {
    it('has table, chart and timelines, with ids of their own', async () => {
      await inCell(async () => {
        const result = await compare({ one: () => spin(1), two: () => spin(1) }, { rounds: 2 });
        const html = result[displaySymbol]()['text/html']!;
        assert.equal(html.match(/<svg /g)!.length, 4);
        const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
        assert.equal(new Set(ids).size, ids.length);
        assert.match(html, /<caption>Time, median of 2 rounds \(least–most\)<\/caption>/);
        assert.match(html, /<desc[^>]*>one [\d.]+ (ms|µs) \(/);
        assert.ok(html.length < 30_000, `${html.length} characters`);
      });
    });

    it('ends when its cell is interrupted', async () => {
      await inCell(async (cell) => {
        let runs = 0;
        const contender = () => {
          runs += 1;
          if (runs === 2) cell.interrupt();
        };
        await assert.rejects(compare({ contender }, { rounds: 9 }), /interrupted/);
        assert.deepEqual([runs, cell.ends.size], [2, 0]);
      });
    });
  });
});
