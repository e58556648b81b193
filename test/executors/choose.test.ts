import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Choice } from '../../src/executors/choice.ts';
import { choose } from '../../src/executors/choose.ts';
import { withExecutor } from '../../src/executors/executor.ts';
import { displaySymbol } from '../../src/show/display.ts';
import { asInOldNode } from '../timing/old-node.ts';
import { type KnownWork, knownWorks } from './choose-workloads.ts';

const numbers = Array.from({ length: 12 }, (_, n) => n);

function spin(n: number): number {
  let x = n;
  for (let i = 0; i < 3e6; i++) x = (x * 31 + i) | 0;
  return x;
}

describe('choose', function () {
  this.timeout(120_000);
  let known: Awaited<ReturnType<typeof knownWorks>>;
  before(async () => {
    known = await knownWorks();
  });
  after(() => known.close());

  const find = (name: string): KnownWork => known.all.find((one) => one.name === name)!;

  for (const name of [
    'pure compute',
    'image filter',
    'hash mining',
    'data mining',
    'matrix multiplication',
    'async with a blocking part',
    'API calls',
    'timers',
    'calls and computing in turns',
    'file reading',
    'native code beside the loop',
    'tiny functions',
    'much data, little work',
    'a few short items',
  ]) {
    it(`is right about: ${name}`, async () => {
      const { fn, items, total, right } = find(name);
      const options = { label: name, total, budget: 40_000, workers: Math.min(8, Math.max(2, availableParallelism())) };
      const ask = () => choose(fn as (item: unknown) => unknown, items, options);
      const fits = (found: Choice) => right(found).includes(found.engine);
      let found = await ask();
      // Only a wrong choice that says itself that it says little is made again.
      for (let again = 0; again < 4 && !found.reliable && !fits(found); again += 1) found = await ask();
      assert.ok(fits(found), `${found.engine}, not ${right(found).join(' or ')}\n${found}`);
      if (found.engine === 'threads' || found.engine === 'processes') assert.ok(found.paysFrom <= total, String(found));
      assert.deepEqual(
        found.refused.map(({ engine }) => engine).filter((engine) => engine !== 'async'),
        [],
      );
    });
  }

  it('says what would hold on one core: no pool for what computes', async () => {
    const found = await choose(spin, numbers, { total: 1e6, rounds: 2 });
    assert.equal(found.onOneCore, 'serial', String(found));
    assert.match(String(found), /On one core it would be a plain loop/);
  });

  it('tries at home alone what cannot travel, and names it', async () => {
    const socket = new Socket();
    const open = (n: number): number => (socket.connecting ? 0 : n);
    const found = await choose(open, numbers, { rounds: 1 });
    assert.equal(found.engine, 'serial');
    assert.deepEqual(
      found.refused.map(({ engine }) => engine),
      ['async', 'threads', 'processes'],
    );
    assert.match(found.refused[1]!.why, /open cannot be sent to a thread: socket/);
    assert.match(String(found), /ThreadPoolExecutor\(\d+\) was left out: open cannot be sent to a thread: socket/);
    assert.match(String(found), /No other engine could run it/);
  });

  it('leaves out an engine that fails or does other work', async () => {
    const items = numbers.map((n) => ({ n, home: process.pid }));
    const atHome = ({ n, home }: { n: number; home: number }): number => (process.pid === home ? n : -n - 1);
    const found = await choose(atHome, items, { rounds: 1, budget: 40_000 });
    assert.deepEqual(
      found.engines.map(({ engine }) => engine),
      ['serial', 'threads'],
    );
    assert.match(found.refused[1]!.why, /it gave -1 where it gave 0 before/);
    const failing = ({ n, home }: { n: number; home: number }): number => {
      if (process.pid !== home) throw new RangeError('only at home');
      return n;
    };
    const other = await choose(failing, items, { rounds: 1, budget: 40_000 });
    assert.match(other.refused[1]!.why, /RangeError: only at home/);
  });

  it('gives up an engine on which the function never ends', async () => {
    const items = numbers.map((n) => ({ n, home: process.pid }));
    const waits = ({ n, home }: { n: number; home: number }) =>
      new Promise<number>((go) => void (process.pid === home ? setTimeout(go, 1, n) : setTimeout(go, 1e6, 0)));
    const found = await choose(waits, items, { rounds: 1, budget: 1000 });
    const [processes] = found.refused.filter(({ engine }) => engine === 'processes');
    assert.match(processes!.why, /it was not done after [\d.,]+ m?s/);
  });

  it('throws what the function throws, and refuses results that are never the same', async () => {
    const error = new Error('mine');
    const throws = (): never => {
      throw error;
    };
    await assert.rejects(choose(throws, numbers), (thrown) => thrown === error);
    const random = () => Math.random();
    await assert.rejects(choose(random, numbers), /random gives another result for the same item each time/);
    const found = await choose(random, numbers, { rounds: 1, equal: (a: number, b: number) => a < 1 && b < 1 });
    assert.equal(found.engine, 'serial');
  });

  it('gives the executor that it recommends', async () => {
    const found = await choose((n: number) => new Promise<number>((go) => setTimeout(go, 20, n * n)), [1, 2, 3, 4], {
      rounds: 1,
    });
    const squares = await withExecutor(found.executor(), (engine) => engine.map((n: number) => n * n, [2, 3]));
    assert.deepEqual(squares, [4, 9]);
  });

  it('shows itself: the choice in words, a table of the engines, a figure with all of them', async () => {
    const found = await choose(spin, numbers, { rounds: 1, total: 300 });
    await found.draw();
    const { 'text/html': html, 'text/plain': text } = found[displaySymbol]();
    assert.match(html!, /<svg[^>]*role="img"[\s\S]*Time by number of items/);
    assert.match(text!, /^spin: (a plain loop|\w+Executor\(\d+\))/);
    for (const words of [/A pool pays from|No pool pays/, /first run +later runs/, /all 300 items/, /→ /]) {
      assert.match(text!, words);
    }
  });

  it('says which Node it takes, before it runs anything', () =>
    asInOldNode(async () => {
      let ran = false;
      const run = () => {
        ran = true;
      };
      const words = { message: `to diagnose a function takes Node 22.19 or newer, and this is ${process.version}` };
      await assert.rejects(choose(run, [1]), words);
      assert.equal(ran, false);
    }));

  it('says what is wrong with what it was given', async () => {
    await assert.rejects(choose(5 as never, numbers), /choose\(\) needs a function of one item, not 5/);
    await assert.rejects(choose(spin, 5 as never), /needs items to try the function on, not 5/);
    await assert.rejects(choose(spin, []), /at least one item/);
    await assert.rejects(choose(spin, numbers, { total: 0 }), /total is a whole number of at least 1, not 0/);
    await assert.rejects(choose(spin, numbers, { budget: -1 }), /budget is a time in ms greater than 0, not -1/);
  });
});
