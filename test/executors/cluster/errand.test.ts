import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Errand } from '../../../src/executors/cluster/errand.ts';
import { Station } from '../../../src/executors/cluster/station.ts';
import { WorkerDied } from '../../../src/executors/errors.ts';
import { batchOf, settled, until } from './bench.ts';

describe('A batch that a worker of a cluster has in hand', () => {
  const station = new Station('w');
  let log: string;
  let gate: string;
  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interleaved-errand-'));
    [log, gate] = [join(folder, 'log'), join(folder, 'gate')];
    writeFileSync(log, '');
    await station.open();
  });
  afterEach(() => rmSync(join(log, '..'), { recursive: true }));
  after(() => station.close());

  const noted = () => readFileSync(log, 'utf8');
  /** Hears nothing of what the process says meanwhile. */
  function deafUntil(text: string): void {
    while (noted() !== text);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  const errandOf = (fn: (arg: [string, string, number]) => unknown, attempts = 3) =>
    new Errand(
      batchOf(
        fn,
        [0, 1, 2].map((index): [string, string, number] => [log, gate, index]),
      ),
      station,
      attempts,
    );
  const spinsAt1 = ([file, , index]: [string, string, number]) => {
    appendFileSync(file, `${index} `);
    while (index === 1);
    // What takes less than 2 ms is told with the next.
    return new Promise((resolve) => setTimeout(resolve, 10, index));
  };

  it('ends a task that nobody wants though it began before the worker knew', async () => {
    const errand = errandOf(spinsAt1);
    const outcome = errand.run();
    await new Promise(setImmediate);
    deafUntil('0 1 ');
    errand.drop([1]);
    assert.deepEqual(settled(await outcome), [0, 'withdrawn', 2]);
  });

  it('ends one behind another that was too short to be told of', async () => {
    const errand = errandOf(([file, , index]) => {
      appendFileSync(file, `${index} `);
      while (index === 1);
      return index;
    });
    const outcome = errand.run();
    await until(() => noted() === '0 1 ');
    errand.drop([1]);
    assert.deepEqual(settled(await outcome), [0, 'withdrawn', 2]);
  });

  it('gives back a task that began while it drains when it is to end at once', async () => {
    const errand = errandOf(spinsAt1);
    const outcome = errand.run();
    await new Promise(setImmediate);
    deafUntil('0 1 ');
    errand.withdrawAll();
    await until(() => errand.counts.done === 1);
    errand.leave();
    assert.deepEqual(settled(await outcome), [0, 'withdrawn', 'withdrawn']);
  });

  it('lets a task that began while it drains finish', async () => {
    const errand = errandOf(async ([file, gateOf, index]) => {
      appendFileSync(file, `${index} `);
      do await new Promise((resolve) => setTimeout(resolve, 5));
      while (index === 1 && !existsSync(gateOf));
      return index;
    });
    const outcome = errand.run();
    await new Promise(setImmediate);
    deafUntil('0 1 ');
    errand.withdrawAll();
    await until(() => errand.counts.done === 1);
    writeFileSync(gate, '');
    assert.deepEqual(settled(await outcome), [0, 1, 'withdrawn']);
  });

  it('ends no other task when the one that nobody wants was over a moment before', async () => {
    const errand = errandOf(async ([file, gateOf, index]) => {
      appendFileSync(file, `${index} `);
      do await new Promise((resolve) => setTimeout(resolve, 5));
      while (index > 0 && !existsSync(`${gateOf}${index}`));
      return index;
    });
    const outcome = errand.run();
    await until(() => errand.counts.done === 1 && noted() === '0 1 ');
    writeFileSync(`${gate}1`, '');
    deafUntil('0 1 2 ');
    errand.drop([1]);
    writeFileSync(`${gate}2`, '');
    assert.deepEqual(settled(await outcome), [0, 1, 2]);
  });

  it('blames the first task when its process dies before it begins any: each death has one that answers for it', async () => {
    const [pid] = settled(
      await new Errand(
        batchOf(() => process.pid, [0]),
        station,
        1,
      ).run(),
    );
    const errand = errandOf(([file, , index]) => {
      appendFileSync(file, `${index} `);
      return index;
    }, 1);
    process.kill(Number(pid), 'SIGSTOP');
    const outcome = errand.run();
    await new Promise(setImmediate);
    process.kill(Number(pid), 'SIGKILL');
    const [zero, one, two] = settled(await outcome);
    assert.ok(zero instanceof WorkerDied);
    assert.deepEqual([one, two], [1, 2]);
    assert.equal(noted(), '1 2 ');
  });
});
