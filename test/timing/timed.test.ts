import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { displaySymbol } from '../../src/show/display.ts';
import { setHost } from '../../src/show/host.ts';
import { now } from '../../src/timing/clock.ts';
import { channels } from '../../src/timing/events.ts';
import { timed } from '../../src/timing/timed.ts';
import { inCell } from '../show/cell.ts';
import { publish, task } from './story.ts';

describe('timed', () => {
  it('gives value, times and cores busy, under the label or the function’s name', async () => {
    const result = await timed('answer', async () => 42);
    assert.equal(result.value, 42);
    assert.ok(result.ms >= 0 && result.cpuMs >= 0);
    assert.equal(result.coresBusy, result.cpuMs / result.ms);
    assert.equal(result.label, 'answer');
    async function named() {}
    assert.equal((await timed(named)).label, 'named');
  });

  it('draws the call itself when no executor took part', async () => {
    const { timeline } = await timed('count', () => 1);
    assert.deepEqual(
      timeline.tasks.map(({ name, lane }) => [name, lane]),
      [['count', 'main']],
    );
  });

  it('takes its timeline from what was published meanwhile', async () => {
    const { timeline } = await timed('two', () => {
      const at = now();
      publish([...task(1, 'thread 1', [at, at, at + 5, at + 5]), ...task(2, 'thread 2', [at, at, at + 5, at + 5])]);
    });
    assert.deepEqual(
      timeline.lanes.map(({ name }) => name),
      ['thread 1', 'thread 2'],
    );
    assert.equal(timeline.maxConcurrency, 2);
  });

  it('shows itself as text everywhere', async () => {
    const text = inspect(await timed('pairs', () => [1, 1, 5, 1]));
    assert.match(text, /^pairs\ntime .*CPU time .*cores busy .*peak memory .*result\n/);
    assert.match(text, /of \d+ +\S+ [MG]B +\[ 1, 1, 5, 1 \]/);
    assert.match(text, /main │█+│ 1 task/);
  });

  it('rethrows the very error of its function and leaves nobody listening', async () => {
    const error = new RangeError('mine');
    await assert.rejects(
      timed('fails', () => {
        throw error;
      }),
      (thrown) => thrown === error,
    );
    await assert.rejects(
      timed('fails with nothing', () => Promise.reject(undefined)),
      (thrown) => thrown === undefined,
    );
    assert.equal(channels.task.hasSubscribers, false);
  });

  it('refuses what is no function before it measures', async () => {
    await assert.rejects(timed('nothing', undefined as never), /timed\(\) needs a function to run, not undefined/);
    await assert.rejects(timed(Promise.resolve(1) as never), TypeError);
    await assert.rejects(timed(5 as never), /not 5/);
  });

  describe('in a notebook', () => {
    const shown: Readonly<Record<string, string>>[] = [];
    before(() => setHost({ display: (bundle) => shown.push(bundle), onInterrupt: () => () => {} }));
    after(() => setHost(undefined));

    it('returns with its picture ready', async () => {
      const html = (await timed('count', () => 1))[displaySymbol]()['text/html']!;
      assert.match(html, /<svg [^>]*role="img"/);
      assert.equal(shown.length, 0);
    });

    it('shows how far a failing function came, then rethrows', async () => {
      await assert.rejects(
        timed('fails', () => {
          throw new Error('mine');
        }),
        /mine/,
      );
      assert.equal(shown.length, 1);
      assert.match(shown[0]!['text/plain']!, /fails[\s\S]*failed/);
    });

    it('stops recording when its cell is interrupted though its function never ends', async () => {
      await inCell(async (cell) => {
        let release = () => {};
        const pending = timed('for ever', () => new Promise<void>((resolve) => (release = resolve)));
        assert.equal(channels.task.hasSubscribers, true);
        cell.interrupt();
        assert.equal(channels.task.hasSubscribers, false);
        release();
        await pending;
        assert.equal(cell.ends.size, 0);
      });
    });
  });
});
