import assert from 'node:assert/strict';
import { displaySymbol } from '../../src/show/display.ts';
import { AsyncCondition } from '../../src/sync/async-condition.ts';
import { AsyncLock } from '../../src/sync/async-lock.ts';
import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import { Barrier } from '../../src/sync/barrier.ts';
import { waitForGraph } from '../../src/sync/graph.ts';
import { Lock } from '../../src/sync/lock.ts';
import { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { Semaphore } from '../../src/sync/semaphore.ts';
import { Thread } from '../../src/workers/thread.ts';
import { until } from '../channels/makers.ts';
import { start, words } from './helpers.ts';
import { settle } from './settle.ts';

/** Takes both, the second when so many hold their first. */
const takeBoth = (first: Lock, second: Lock, holding: Int32Array, all: number): void => {
  first.acquireSync();
  Atomics.add(holding, 0, 1);
  Atomics.notify(holding, 0);
  for (let seen = Atomics.load(holding, 0); seen < all; seen = Atomics.load(holding, 0)) Atomics.wait(holding, 0, seen);
  second.acquireSync();
};

/** One reads the table and then takes the lock, the other takes the lock and then writes. */
const crossed = (table: ReadWriteLock, lock: Lock, reads: boolean, holding: Int32Array): void => {
  if (reads) table.read.acquireSync();
  else lock.acquireSync();
  Atomics.add(holding, 0, 1);
  Atomics.notify(holding, 0);
  if (Atomics.load(holding, 0) < 2) Atomics.wait(holding, 0, 1);
  if (reads) lock.acquireSync();
  else table.write.acquireSync();
};

async function end(threads: readonly Thread[]): Promise<void> {
  for (const thread of threads) thread.terminate();
  for (const thread of threads) await thread.join();
}

describe('waitForGraph of threads', function () {
  this.timeout(120_000);

  it('shows two threads that took two locks in opposite order, and the main thread goes on', async () => {
    const [left, right] = [new Lock({ name: 'left' }), new Lock({ name: 'right' })];
    const holding = words();
    const threads = [start(takeBoth, left, right, holding, 2), start(takeBoth, right, left, holding, 2)] as Thread[];
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 1);
    try {
      await until(() => waitForGraph(left, right).waits.length === 2);
      const ticksBefore = ticks;
      await until(() => ticks > ticksBefore + 3);
      const graph = waitForGraph(left, right);
      const [one, two] = threads.map((_, index) => graph.holds[index]!.who);
      assert.match(one!, /^thread \d+ \(takeBoth\)$/);
      assert.deepEqual(graph.holds, [
        { who: one, what: 'left' },
        { who: two, what: 'right' },
      ]);
      assert.equal(graph.deadlocked, true);
      assert.equal(graph.cycles.length, 1);
      assert.deepEqual([...graph.cycles[0]!].sort(), [one, two, 'left', 'right'].sort());
      assert.match(String(graph), new RegExp(`${one!.replace(/[()]/g, '\\$&')} holds left and waits for right`));
      assert.match(String(graph), /Deadlock: thread .* → (left|right) → thread .* None of them can go on\./);
    } finally {
      clearInterval(ticking);
      await end(threads);
    }
    assert.ok(threads.every(({ alive }) => !alive));
    const after = waitForGraph(left, right);
    assert.equal(after.deadlocked, false);
    assert.deepEqual(after.waits, []);
  });

  it('shows five philosophers, each with one fork', async () => {
    const forks = [0, 1, 2, 3, 4].map((n) => new Lock({ name: `fork ${n}` }));
    const holding = words();
    const threads = forks.map(
      (fork, n) =>
        new Thread({
          target: takeBoth,
          args: [fork, forks[(n + 1) % 5]!, holding, 5],
          name: `philosopher ${n}`,
        }) as unknown as Thread,
    );
    for (const thread of threads) thread.start();
    try {
      await until(() => waitForGraph(...forks).waits.length === 5);
      const graph = waitForGraph(...forks);
      assert.equal(graph.cycles.length, 1);
      const cycle = graph.cycles[0]!;
      assert.equal(cycle.length, 10);
      const numbers = cycle.map((name) => Number(/(\d)\)?$/.exec(name)![1]));
      for (let at = 0; at < 10; at += 2) {
        assert.match(cycle[at]!, /^thread \d+ \(philosopher \d\)$/);
        assert.equal(cycle[at + 1], `fork ${(numbers[at]! + 1) % 5}`);
        assert.equal(numbers[(at + 2) % 10], numbers[at + 1]);
      }
    } finally {
      await end(threads);
    }
  });

  it('shows a reader that waits for a lock whose owner waits to write', async () => {
    const [table, lock] = [new ReadWriteLock({ name: 'table' }), new Lock({ name: 'lock' })];
    const holding = words();
    const threads = [true, false].map((reads) => start(crossed, table, lock, reads, holding));
    try {
      await until(() => waitForGraph(table, lock).cycles.length > 0);
      const graph = waitForGraph(table, lock);
      assert.equal(graph.cycles.length, 1);
      assert.equal(graph.cycles[0]!.length, 4);
      assert.deepEqual(graph.holds.map(({ what }) => what).sort(), ['lock', 'table']);
    } finally {
      await end(threads as unknown as Thread[]);
    }
  });

  it('takes two tasks of another thread, of which one waits for the other, for no deadlock', async () => {
    const lock = new Lock({ name: 'till' });
    const thread = start(async (lock: Lock) => {
      await lock.with(() => Promise.all([new Promise(() => setInterval(() => {}, 1000)), lock.with(() => {})]));
    }, lock);
    try {
      await until(() => lock.locked);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(waitForGraph(lock).cycles, []);
    } finally {
      await end([thread as unknown as Thread]);
    }
  });

  it('sees no cycle in a queue of waiters', async () => {
    const lock = new Lock({ name: 'till' });
    const gate = new Semaphore(0, { name: 'gate' });
    const guard = await lock.acquire();
    const wait = (lock: Lock, gate: Semaphore): void => {
      lock.acquireSync().release();
      gate.acquireSync();
    };
    const threads = [1, 2, 3].map(() => start(wait, lock, gate));
    try {
      await until(() => waitForGraph(lock, gate).waits.length === 3);
      const graph = waitForGraph(lock, gate);
      assert.deepEqual(graph.holds, [{ who: 'main', what: 'till' }]);
      assert.equal(new Set(graph.waits.map(({ who }) => who)).size, 3);
      assert.ok(graph.waits.every(({ what }) => what === 'till'));
      assert.equal(graph.deadlocked, false);
      assert.match(String(graph), /main holds till/);
      assert.match(String(graph), /No cycle\./);
      guard.release();
      await until(() => waitForGraph(lock, gate).waits.filter(({ what }) => what === 'gate').length === 3);
      assert.deepEqual(waitForGraph(lock, gate).holds, []);
      gate.release(3);
      for (const thread of threads) await thread.join();
    } finally {
      await end(threads as Thread[]);
    }
    assert.equal(String(waitForGraph(lock, gate)), 'Nobody holds anything, and nobody waits.');
  });
});

describe('waitForGraph of tasks of one thread', () => {
  for (const [kind, make] of [
    ['Lock', (name: string) => new Lock({ name })],
    ['AsyncLock', (name: string) => new AsyncLock({ name })],
  ] as const) {
    it(`shows two tasks that await each other's ${kind}, and not one that only waits`, async () => {
      const [a, b] = [make('a'), make('b')];
      const abort = new AbortController();
      const { signal } = abort;
      const task = (first: Lock | AsyncLock, second: Lock | AsyncLock): Promise<unknown> =>
        first.with(async () => {
          await settle();
          await second.with(() => {}, { signal });
        });
      const both = [task(a, b).catch(() => {}), task(b, a).catch(() => {})];
      const third = a.with(() => {}, { signal }).catch(() => {});
      assert.equal(waitForGraph(a, b).deadlocked, false);
      await until(() => waitForGraph(a, b).waits.length === 3);
      const graph = waitForGraph(a, b);
      assert.equal(graph.cycles.length, 1);
      assert.deepEqual(new Set(graph.cycles[0]), new Set(['task 1 of main', 'a', 'task 2 of main', 'b']));
      assert.equal(graph.waits.filter(({ who }) => who === 'task 3 of main').length, 1);
      abort.abort();
      await Promise.all([...both, third]);
      assert.equal(waitForGraph(a, b).deadlocked, false);
      assert.equal(a.locked || b.locked, false);
    });
  }

  it('shows a task that waits for itself', async () => {
    const lock = new AsyncLock({ name: 'once' });
    const abort = new AbortController();
    const stuck = lock.with(() => lock.with(() => {}, { signal: abort.signal }));
    await settle();
    assert.deepEqual(waitForGraph(lock).cycles, [['main', 'once']]);
    abort.abort();
    await assert.rejects(stuck, { name: 'CancelledError' });
  });

  it('shows tasks that wait for each other over a read-write lock', async () => {
    const [table, log] = [new ReadWriteLock({ name: 'table' }), new Lock({ name: 'log' })];
    const meet = new Barrier(2);
    const reads = table.read.with(async () => {
      await meet.wait();
      await log.with(() => {}, { timeout: 500 });
    });
    const writes = log.with(async () => {
      await meet.wait();
      await table.write.with(() => {});
    });
    const failed = assert.rejects(reads, { name: 'TimeoutError' });
    await until(() => waitForGraph(table, log).waits.length === 2);
    const { cycles } = waitForGraph(table, log);
    assert.equal(cycles.length, 1);
    assert.deepEqual([...cycles[0]!].sort(), ['log', 'table', 'task 1 of main', 'task 2 of main']);
    await failed;
    await writes;
    assert.deepEqual(waitForGraph(table, log).holds, []);
  });

  it('shows one that writes and waits to read', async () => {
    const table = new ReadWriteLock({ name: 'table' });
    const stuck = table.write.with(() => table.read.with(() => {}, { timeout: 300 }));
    const failed = assert.rejects(stuck, { name: 'TimeoutError' });
    await until(() => waitForGraph(table).waits.length === 1);
    assert.deepEqual(waitForGraph(table).cycles, [['main', 'table']]);
    await failed;
  });

  it('does not take tasks for one another that only guards tell apart', async () => {
    const [a, b] = [new AsyncLock({ name: 'a' }), new AsyncLock({ name: 'b' })];
    const [guardA, guardB] = [await a.acquire(), await b.acquire()];
    const waits = [a.acquire(), b.acquire()];
    assert.equal(waitForGraph(a, b).deadlocked, false);
    guardA.release();
    guardB.release();
    for (const guard of await Promise.all(waits)) guard.release();
  });

  it('shows who waits for what has no holder, and keeps two of one name apart', async () => {
    const condition = new AsyncCondition(undefined, { name: 'changed' });
    const semaphore = new AsyncSemaphore(0, { name: 'x' });
    const lock = new AsyncLock({ name: 'x' });
    const waits = [condition.with(() => condition.wait()), semaphore.acquire()];
    const guard = await lock.acquire();
    await settle();
    const graph = waitForGraph(condition, semaphore, lock, lock);
    assert.deepEqual(
      graph.waits.map(({ what }) => what),
      ['changed', 'x (2)'],
    );
    assert.deepEqual(
      graph.holds.map(({ what }) => what),
      ['x'],
    );
    assert.equal(graph.deadlocked, false);
    guard.release();
    semaphore.release();
    await condition.with(() => condition.notify());
    await Promise.all(waits);
  });
});

describe('the picture of a wait-for graph', () => {
  it('has a name, a description with the same facts, ids of its own and both widths', async () => {
    const lock = new AsyncLock({ name: '<b>' });
    const abort = new AbortController();
    const stuck = lock.with(() => lock.with(() => {}, { signal: abort.signal })).catch(() => {});
    await settle();
    const graph = waitForGraph(lock);
    const { 'text/html': html, 'text/plain': text } = graph[displaySymbol]();
    assert.equal(text, String(graph));
    assert.equal(html!.match(/<svg [^>]*role="img"/g)!.length, 2);
    assert.ok(!html!.includes('<b>'));
    const ids = [...html!.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(ids.length, 4);
    for (const [, id] of html!.matchAll(/aria-labelledby="(\S+) /g)) assert.ok(ids.includes(id));
    assert.match(html!, /<desc [^>]*>main holds &#60;b&#62; and waits for &#60;b&#62;/);
    assert.doesNotMatch(html!, /#[0-9a-f]{3,6}\b(?![^<]*<\/style>)(?=")/);
    abort.abort();
    await stuck;
  });

  it('refuses what is no primitive', () => {
    assert.throws(() => waitForGraph({} as never), TypeError);
  });
});
