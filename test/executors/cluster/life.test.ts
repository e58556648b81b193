import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ClusterExecutor } from '../../../src/executors/cluster/cluster.ts';
import { BrokenExecutor, CancelledError, TimeoutError, WorkerDied, withExecutor } from '../../../src/index.ts';
import { channels } from '../../../src/timing/events.ts';
import { untilOpen, withGate } from '../gate.ts';
import { until } from './bench.ts';
import { sharedCluster, spin } from './clusters.ts';

const same = (x: number): number => x;

/** The living processes below this one. */
function below(pid = process.pid): number[] {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return [];
  }
  const children = text.split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...below(child)]);
}

describe('tasks in a cluster', () => {
  const { make } = sharedCluster();
  const forEver = 1e9;

  it('cancels one that runs, and its worker takes the next', async () => {
    await withExecutor(make(), async (pool) => {
      const futures = [1, 2].map(() => pool.submit(spin, forEver));
      await until(() => futures.every((future) => future.running()));
      for (const future of futures) assert.equal(future.cancel(), true);
      await assert.rejects(futures[0]!.result(), CancelledError);
      assert.deepEqual(await pool.map(same, [1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]);
    });
  });

  it('cancels those that wait, here or in the queue; they are not running', async () => {
    await withExecutor(make(), async (pool) => {
      const hung = [1, 2].map(() => pool.submit(spin, forEver));
      await until(() => hung.every((future) => future.running()));
      const waiting = Array.from({ length: 20 }, (_, index) => pool.submit(same, index));
      await pool.status();
      assert.ok(waiting.every((future) => !future.running()));
      for (const future of waiting) assert.equal(future.cancel(), true);
      for (const future of hung) future.cancel();
      assert.equal(await pool.submit(same, 7), 7);
      // An answer comes a moment before its job is over.
      await until(async () => {
        const { lengths } = await pool.status();
        return lengths.waiting + lengths.active === 0;
      });
    });
  });

  it('ends what runs too long, counted from its start and not from its submission', async () => {
    await withExecutor(make(), async (pool) => {
      const timed = pool.with({ runTimeout: 1000, name: 'slow' });
      const futures = [...Array.from({ length: 8 }, () => timed.submit(spin, 400)), timed.submit(spin, forEver)];
      const last = futures.pop()!;
      assert.equal((await Promise.all(futures)).length, 8);
      await assert.rejects(last.result(), (error) => {
        assert.ok(error instanceof TimeoutError);
        assert.match(error.message, /'slow' ran for more than 1000 ms/);
        return true;
      });
    });
  });

  it('ends the rest of a map whose reader leaves', async () => {
    await withExecutor(make(), async (pool) => {
      const spinFrom = (x: number) => {
        while (x > 0);
        return x;
      };
      for await (const x of pool.map(spinFrom, [0, 1, 2, 3], { chunksize: 1 })) {
        assert.equal(x, 0);
        break;
      }
      assert.deepEqual(await pool.map(same, [1, 2, 3]), [1, 2, 3]);
    });
  });

  it('gives the lane of the worker to what it did, and times in order', async () => {
    const lanes: string[] = [];
    const hear = (event: unknown): void => {
      const { kind, lane } = event as { kind: string; lane: string };
      if (kind === 'started') lanes.push(lane);
    };
    channels.task.subscribe(hear);
    await withExecutor(make(), async (pool) => {
      const future = pool.submit(spin, 5);
      await future;
      channels.task.unsubscribe(hear);
      assert.match(lanes.join(), /^worker [12]$/);
      const { submitted, started, finished, received } = future;
      assert.ok(submitted <= started! && started! + 5 <= finished! && finished! <= received!);
    });
  });

  it('gives up on a task that takes every worker process with it', async () => {
    await withExecutor(make({ attempts: 2 }), async (pool) => {
      const error = await pool
        .with({ name: 'poison' })
        .submit(() => process.exit(3))
        .exception();
      assert.ok(error instanceof WorkerDied);
      assert.match(error.message, /'poison'.*exit code 3/);
      assert.equal(await pool.submit(same, 1), 1);
    });
  });

  it('cancels what has not started at shutdown, and waits for what has', async () => {
    await withGate(async (gate, open) => {
      const pool = make();
      const running = [1, 2].map(() => pool.submit(untilOpen, gate));
      await until(() => running.every((future) => future.running()));
      const waiting = Array.from({ length: 10 }, (_, index) => pool.submit(same, index));
      const end = pool.shutdown({ cancelFutures: true });
      await until(() => waiting.every((future) => future.cancelled()));
      assert.ok(running.every((future) => future.running()));
      open();
      await end;
      assert.deepEqual(await Promise.all(running), ['done', 'done']);
    });
  });
});

describe('the life of a cluster of its own', () => {
  it('runs what a killed worker had, and starts another', async () => {
    await withExecutor(new ClusterExecutor(2, { lockMs: 1500, stalledMs: 500 }), async (pool) => {
      await pool.warmUp();
      const [victim, other] = pool.localWorkers;
      const items = Array.from({ length: 60 }, (_, index) => index);
      const slowly = (x: number) => {
        const end = performance.now() + 10;
        while (performance.now() < end);
        return x;
      };
      const results: number[] = [];
      for await (const x of pool.map(slowly, items)) {
        if (x === 10) process.kill(victim!, 'SIGKILL');
        results.push(x);
      }
      assert.deepEqual(results, items);
      await until(() => pool.localWorkers[0] !== victim);
      assert.equal(pool.localWorkers[1], other);
    });
  });

  it('goes on when all workers were gone', async () => {
    await withGate((gate, open) =>
      withExecutor(new ClusterExecutor(1, { lockMs: 1500, stalledMs: 500 }), async (pool) => {
        await pool.warmUp();
        const slow = pool.submit(untilOpen, gate);
        await until(() => slow.running());
        for (const pid of pool.localWorkers) process.kill(pid, 'SIGKILL');
        open();
        const next = pool.submit(same, 5);
        assert.equal(await slow, 'done');
        assert.equal(await next, 5);
      }),
    );
  });

  it('tells its workers and the queue, and leaves nothing after shutdown', async () => {
    const before = below();
    const pool = new ClusterExecutor(2);
    assert.deepEqual(pool.localWorkers, []);
    assert.equal(await pool.submit(same, 1), 1);
    const { alive, queue } = await pool.status();
    assert.deepEqual([alive.length, queue], [2, 'interleaved']);
    assert.match(String(await pool.status()), /worker 2/);
    await pool.shutdown();
    await until(() => below().every((pid) => before.includes(pid)));
  });

  it('needs no worker to be made and shut down', async () => {
    const executors = [
      new ClusterExecutor(2),
      new ClusterExecutor(1, { url: 'redis://127.0.0.1:1', secret: 'x'.repeat(32) }),
    ];
    const before = below();
    for (const executor of executors) {
      await executor.shutdown();
      // Nobody would end what these started.
      await assert.rejects(executor.status(), /BrokenExecutor: this executor was shut down/);
      await assert.rejects(executor.address(), BrokenExecutor);
    }
    assert.deepEqual(below(), before);
  });

  it('refuses settings that are none before anything starts', () => {
    assert.throws(() => new ClusterExecutor(0), RangeError);
    assert.throws(() => new ClusterExecutor(1, { url: 'http://127.0.0.1', secret: 'x'.repeat(32) }), /redis:\/\//);
    assert.throws(() => new ClusterExecutor(1, { url: 'redis://127.0.0.1', secret: 'short' }), /openssl rand/);
    assert.throws(() => new ClusterExecutor(1, { lockMs: -1 }), /lockMs/);
  });

  it('says why it is broken when there is no server', async () => {
    const pool = new ClusterExecutor(1, { url: 'redis://:hidden@127.0.0.1:1', secret: 'x'.repeat(32) });
    const error = await pool.submit(same, 1).exception();
    assert.ok(error instanceof BrokenExecutor);
    assert.match(error.message, /no connection to the server redis:\/\/127\.0\.0\.1:1.*ECONNREFUSED/);
    assert.ok(!error.message.includes('hidden'));
    await pool.shutdown();
  });
});
