import assert from 'node:assert/strict';
import { TimeoutError } from '../../src/executors/errors.ts';
import { leavesNoHandles, long, loopAndLog } from './loops.ts';

describe('EventLoop', () => {
  let { loop, log, worker, fails } = loopAndLog();
  beforeEach(() => {
    ({ loop, log, worker, fails } = loopAndLog());
  });
  leavesNoHandles();

  it('gather: a failure cancels the others, waits for their cleanup, and carries its task', async () => {
    await assert.rejects(
      loop.run(function* () {
        yield* loop.gather(
          worker('a', long, 2),
          function* toast() {
            yield* fails('no bread', 2);
          },
          worker('c', long),
        );
      }),
      (error) => error instanceof RangeError && error.message === 'no bread (in task toast)',
    );
    assert.deepEqual(log, ['a starts', 'c starts', 'c ends', 'a ends']);
    assert.deepEqual(await loop.run(() => loop.gather()), []);
  });

  it('race: the first one wins, the others are cancelled', async () => {
    const first = await loop.run(() => loop.race(worker('slow', long, 2), worker('fast', 1)));
    assert.equal(first, 'fast');
    assert.deepEqual(log, ['slow starts', 'fast starts', 'fast works', 'fast ends', 'slow ends']);
    await assert.rejects(
      loop.run(() => loop.race(worker('slow', long), fails('lost'))),
      /lost \(in task/,
    );
    const none = [] as unknown as [never];
    await assert.rejects(
      loop.run(() => loop.race(...none)),
      { name: 'TypeError', message: /^race\(\) needs a task or more: yield\* loop\.race\(first, second\)\./ },
    );
  });

  it('timeout: gives the result in time; else cancels, cleans up, and throws', async () => {
    assert.equal(await loop.run(() => loop.timeout(long, worker('quick', 1))), 'quick');
    log.length = 0;
    await loop.run(function* () {
      try {
        yield* loop.timeout(2, () => loop.gather(worker('inner', long, 2)));
      } catch (error) {
        assert.ok(error instanceof TimeoutError);
        log.push('timed out');
      }
    });
    assert.deepEqual(log, ['inner starts', 'inner ends', 'timed out']);
    await assert.rejects(
      loop.run(() => loop.timeout(long, fails('before it'))),
      RangeError,
    );
    await assert.rejects(
      loop.run(() => loop.timeout(-1, worker('no time', long))),
      /ms from 0 on, not -1/,
    );
  });
});
