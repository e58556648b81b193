import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { controlText } from '../../../src/executors/cluster/control.ts';
import { controlChannel } from '../../../src/executors/cluster/wire.ts';
import { TimeoutError, WorkerDied } from '../../../src/executors/errors.ts';
import { Bench, batchOf, settled, until } from './bench.ts';

function note(path: string, word: string): void {
  appendFileSync(path, `${word} `);
}

describe('A worker of a cluster', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open({ maxBytes: 2 ** 20 });
    await bench.host();
  });
  after(() => bench.close());

  it('runs the tasks of a message in order and answers with results, errors and times', async () => {
    const before = Date.now();
    const outcome = await bench.run(
      batchOf(
        (x: number) => {
          if (x === 2) throw new RangeError('two');
          return x * 10;
        },
        [1, 2, 3],
      ),
    );
    const [one, two, three] = settled(outcome);
    assert.deepEqual([one, three], [10, 30]);
    assert.ok(two instanceof RangeError);
    assert.equal(outcome.lane, 'w');
    assert.equal(outcome.times.length, 6);
    for (let at = 1; at < 6; at += 1) assert.ok(outcome.times[at]! >= outcome.times[at - 1]!);
    assert.ok(outcome.times[0]! > before - 60_000 && outcome.times[5]! < Date.now() + 60_000);
  });

  it('runs several functions of one message', async () => {
    const one = batchOf((x: number) => x + 1, [1]);
    const two = batchOf((x: number) => x * 100, [5]);
    const both = {
      ...one,
      definitions: [...one.definitions!, ...two.definitions!],
      functions: [one.functions as string, two.functions as string],
      args: [1, 5],
      names: ['one', 'two'],
    };
    assert.deepEqual(settled(await bench.run(both)), [2, 500]);
  });

  it('takes and gives what is larger than the queue should hold', async () => {
    const text = 'x'.repeat(200_000);
    const [back] = settled(await bench.run(batchOf((given: string) => given + given, [text])));
    assert.equal(back, text + text);
  });

  it('says so when a result is too large, and gives the others', async () => {
    const lengths = [10, 2 ** 21, 20];
    const [short, long, other] = settled(await bench.run(batchOf((length: number) => 'y'.repeat(length), lengths)));
    assert.deepEqual([short, other], ['y'.repeat(10), 'y'.repeat(20)]);
    assert.match(String(long), /RangeError.*maxBytes/);
  });

  it('begins a task that ends its process again, a bounded number of times; the others run once', async () => {
    const path = bench.path('poison');
    const fn = ([file, word]: [string, string]) => {
      appendFileSync(file, `${word} `);
      // What came before has been reported, so the dead one is known.
      if (word === 'poison') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);
      return word === 'poison' ? new Promise(() => {}) : new Promise((resolve) => setTimeout(resolve, 10, word));
    };
    const words = ['a', 'poison', 'b', 'c'];
    const [a, poison, b, c] = settled(
      await bench.run(
        batchOf(
          fn,
          words.map((word) => [path, word]),
        ),
      ),
    );
    assert.deepEqual([a, b, c], ['a', 'b', 'c']);
    assert.ok(poison instanceof WorkerDied);
    assert.match(poison.message, /each of 3 processes of w that ran 'fn' in turn ended by SIGKILL/);
    assert.ok(poison.cause instanceof Error);
    assert.equal(bench.text('poison'), 'a poison poison poison b c ');
  });

  it('ends a task at its runTimeout, also one that computes', async () => {
    const spin = () => {
      for (;;);
    };
    const [error] = settled(await bench.run(batchOf(spin, [0], { runTimeout: 50 })));
    assert.ok(error instanceof TimeoutError);
    assert.match(error.message, /task 'spin' ran for more than 50 ms/);
  });

  it('ends what nobody waits for, leaves out what has not begun, and goes on with the others', async () => {
    const path = bench.path('dropped');
    const fn = ([file, index]: [string, number]) => {
      appendFileSync(file, `${index} `);
      if (index === 1) for (;;);
      return new Promise((resolve) => setTimeout(resolve, 10, index));
    };
    const { id, outcome } = await bench.send(
      batchOf(
        fn,
        [0, 1, 2, 3].map((index) => [path, index]),
      ),
    );
    await until(() => bench.text('dropped') === '0 1 ');
    // Until the worker has heard that the first is over, it takes that for the one that runs.
    let over = false;
    outcome.then(() => {
      over = true;
    });
    await until(async () => {
      await bench.redis.publish(controlChannel(bench.settings), controlText(bench.settings, { id, withdraw: [1, 2] }));
      return over;
    });
    assert.deepEqual(settled(await outcome), [0, 'withdrawn', 'withdrawn', 3]);
    assert.equal(bench.text('dropped'), '0 1 3 ');
  });

  it('heeds no control message of a stranger', async () => {
    const fn = (path: string) => {
      note(path, 'begun');
      return new Promise((resolve) => setTimeout(resolve, 200, 'done'));
    };
    const path = bench.path('heeds');
    const { id, outcome } = await bench.send(batchOf(fn, [path]));
    await until(() => bench.text('heeds') !== '');
    const strange = { ...bench.settings, secret: 'x'.repeat(40) };
    await bench.redis.publish(controlChannel(bench.settings), controlText(strange, { id, withdraw: [0] }));
    await bench.redis.publish(controlChannel(bench.settings), 'nonsense');
    assert.deepEqual(settled(await outcome), ['done']);
  });
});
