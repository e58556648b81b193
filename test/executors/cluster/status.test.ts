import assert from 'node:assert/strict';
import { readStatus, workersKey } from '../../../src/executors/cluster/read-status.ts';
import { ClusterStatus, type WorkerRow } from '../../../src/executors/cluster/status.ts';
import { displaySymbol } from '../../../src/show/display.ts';
import { Bench, batchOf, until } from './bench.ts';

describe('Status of a cluster', () => {
  const row: WorkerRow = {
    id: '1',
    name: 'a',
    host: 'here',
    pid: 1,
    concurrency: 2,
    running: 1,
    done: 10,
    failed: 1,
    refused: 0,
    rate: 4,
    startedAt: 0,
    seenAt: 100_000,
  };
  const lengths = { waiting: 3, active: 1, completed: 2, failed: 0 };

  it('shows workers, lengths and rates, in a cell and as text', () => {
    const silent = { ...row, id: '2', name: 'b', seenAt: 90_000 };
    const status = new ClusterStatus('q', lengths, [row, silent], 100_500);
    assert.deepEqual(
      status.alive.map(({ name }) => name),
      ['a'],
    );
    assert.equal(status.rate, 4);
    const text = String(status);
    assert.match(text, /Queue 'q': 3 messages wait, 1 under way, 2 answered and kept, 0 failed; 4 tasks\/s/);
    assert.match(text, /b +here +1 +silent for 11 s/);
    assert.match(status[displaySymbol]()['text/html']!, /<table>/);
  });

  it('is what workers tell of themselves, and no more when they have ended', async () => {
    const bench = await Bench.open();
    try {
      const { redis, settings, queue } = bench;
      const read = () => readStatus(redis, settings, queue);
      assert.deepEqual((await read()).workers, []);
      const host = await bench.host({ concurrency: 2, name: 'me' });
      await bench.run(
        batchOf(
          (x: number) => {
            if (x === 1) throw new Error('one');
          },
          [0, 1, 2],
        ),
      );
      await until(async () => (await read()).workers[0]?.done === 3);
      const status = await read();
      const { id, name, pid, concurrency, running, failed, refused } = status.workers[0]!;
      assert.deepEqual(
        { id, name, pid, concurrency, running, failed, refused },
        { id: host.id, name: 'me', pid: process.pid, concurrency: 2, running: 0, failed: 1, refused: 0 },
      );
      assert.deepEqual(status.lengths, { waiting: 0, active: 0, completed: 1, failed: 0 });
      await host.drain();
      assert.deepEqual((await read()).workers, []);
    } finally {
      await bench.close();
    }
  });

  it('forgets who has been silent for a minute', async () => {
    const bench = await Bench.open();
    try {
      const { redis, settings, queue } = bench;
      await redis.hset(workersKey(settings), row.id, JSON.stringify({ ...row, seenAt: Date.now() - 120_000 }));
      assert.deepEqual((await readStatus(redis, settings, queue)).workers, []);
      assert.equal(await redis.hlen(workersKey(settings)), 0);
    } finally {
      await bench.close();
    }
  });
});
