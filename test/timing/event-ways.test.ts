import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ProcessPoolExecutor, ThreadPoolExecutor } from '../../src/executors/executors.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Lock } from '../../src/sync/lock.ts';
import { watchSymbol } from '../../src/sync/waiters.ts';
import { now } from '../../src/timing/clock.ts';
import { channels, nextEventId } from '../../src/timing/events.ts';
import { Recorder, record } from '../../src/timing/recorder.ts';
import { segmentsOf } from '../../src/timing/states.ts';
import { laneHere } from '../../src/workers/lanes.ts';
import { Process } from '../../src/workers/process.ts';
import { Thread } from '../../src/workers/thread.ts';

// Threads take `channels` from the module that was loaded by `require`, as cells load it.
createRequire(import.meta.url)('../../src/timing/events.ts');

/** Passes through a lock that excludes nobody, and publishes as a lock does; blocks for `ms` inside. */
function pass(name: string, ms: number): void {
  if (!channels.wait.hasSubscribers) return;
  const wait = { lane: laneHere(), id: nextEventId(), name };
  channels.wait.publish({ kind: 'waiting', time: now(), ...wait });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  channels.wait.publish({ kind: 'acquired', time: now(), ...wait });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  channels.wait.publish({ kind: 'released', time: now(), ...wait });
}

const passBriefly = (name: string): void => pass(name, 1);

/** Is inside a lock that excludes nobody until two are. */
function meet(inside: Int32Array): void {
  const wait = { lane: laneHere(), id: nextEventId(), name: 'door' };
  channels.wait.publish({ kind: 'acquired', time: now(), ...wait });
  if (Atomics.add(inside, 0, 1) === 1) Atomics.notify(inside, 0);
  else Atomics.wait(inside, 0, 1);
  channels.wait.publish({ kind: 'released', time: now(), ...wait });
}

/** Passes again and again until it is told to stop, without ever coming back to its event loop. */
function passUntil(words: Int32Array): number {
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  let passed = 0;
  while (Atomics.load(words, 1) === 0) {
    if (channels.wait.hasSubscribers) passed += 1;
    pass('door', 1);
    Atomics.wait(words, 1, 0, 1);
  }
  return passed;
}

/** Publishes that it has a lock, says so, and is stuck. */
function getStuck(words: Int32Array): void {
  pass('before', 0);
  channels.wait.publish({ kind: 'waiting', time: now(), lane: laneHere(), id: nextEventId(), name: 'stuck' });
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
  Atomics.wait(words, 1, 0);
}

const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(8));

const until = async (at: Int32Array): Promise<void> => {
  const { async, value } = Atomics.waitAsync(at as Int32Array<SharedArrayBuffer>, 0, 0);
  const alive = setInterval(() => {}, 1000);
  if (async) await value;
  clearInterval(alive);
};

describe('events of threads', () => {
  it('reach the recorder, in the lane of the thread, on the same clock', async () => {
    const timeline = await record(async () => {
      const threads = [new Thread(pass, 'door', 5), new Thread(pass, 'door', 5)];
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
    });
    assert.deepEqual(
      timeline.waits.map(({ lane, name, ok }) => [lane, name, ok]),
      [
        ['thread 1', 'door', true],
        ['thread 2', 'door', true],
      ],
    );
    for (const { waiting, acquired, released } of timeline.waits) {
      assert.ok(timeline.start < waiting! && waiting! < acquired!);
      assert.ok(acquired! < released! && released! < timeline.end);
    }
    const lane = timeline.lanes.find(({ name }) => name === 'thread 1')!;
    assert.ok(lane.tasks.length === 1 && lane.lives.length === 1);
  });

  it('come from tasks of a pool that was warm before, and only while a recorder listens', async () => {
    const pool = new ThreadPoolExecutor(2);
    try {
      await pool.warmUp();
      await pool.map(passBriefly, ['off', 'off']);
      const timeline = await record(() => pool.map(passBriefly, ['on', 'on', 'on']));
      await pool.map(passBriefly, ['off', 'off']);
      const again = await record(() => pool.submit(pass, 'again', 0));
      assert.deepEqual(
        timeline.waits.map(({ name }) => name),
        ['on', 'on', 'on'],
      );
      assert.equal(new Set(timeline.events.filter(({ kind }) => kind === 'waiting').map(({ id }) => id)).size, 3);
      assert.deepEqual(
        again.waits.map(({ name }) => name),
        ['again'],
      );
    } finally {
      await pool.shutdown();
    }
  });

  it('come from a thread that was busy when the recorder started, and never leaves its function', async () => {
    const at = words();
    const thread = new Thread(passUntil, at);
    thread.start();
    await until(at);
    const recorder = new Recorder();
    recorder.start();
    try {
      while (recorder.events.filter(({ kind }) => kind === 'released').length < 3)
        await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      recorder.stop();
      Atomics.store(at, 1, 1);
      await thread.join();
    }
    assert.deepEqual([...new Set(recorder.events.map(({ lane }) => lane))], ['thread 1']);
  });

  it('are not lost with a thread that is stuck and is then terminated', async () => {
    const at = words();
    const thread = new Thread(getStuck, at);
    const recorder = new Recorder();
    recorder.start();
    thread.start();
    await until(at);
    thread.terminate();
    await thread.join();
    recorder.stop();
    const { waits, dropped } = recorder.timeline();
    assert.deepEqual(
      waits.map(({ name, acquired }) => [name, acquired !== undefined]),
      [
        ['before', true],
        ['stuck', false],
      ],
    );
    assert.equal(dropped, 0);
  });

  it('are counted when a thread publishes more than there is room for', async () => {
    const flood = (): void => {
      for (let id = 1; id <= 30_000; id += 1)
        channels.wait.publish({ kind: 'waiting', time: now(), lane: 'thread 1', id, name: 'flood' });
    };
    const recorder = new Recorder();
    const thread = new Thread(flood);
    recorder.start();
    thread.start();
    await thread.join();
    recorder.stop();
    assert.equal(
      recorder.events.filter(({ name, kind }) => name === 'flood' && kind === 'waiting').length + recorder.dropped,
      30_000,
    );
  });

  it('come from the threads of a thread, when those have ended', async () => {
    const parent = async (): Promise<void> => {
      const child = new Thread(pass, 'deep', 0);
      child.start();
      await child.join();
    };
    const timeline = await record(async () => {
      const thread = new Thread(parent);
      thread.start();
      await thread.join();
    });
    assert.deepEqual(
      timeline.waits.map(({ name, lane }) => [name, lane]),
      [['deep', 'thread 1.1']],
    );
    assert.deepEqual(
      timeline.tasks.map(({ name, lane }) => [name, lane]),
      [
        ['parent', 'thread 1'],
        ['pass', 'thread 1.1'],
      ],
    );
    assert.deepEqual(
      timeline.events.filter(({ kind }) => kind === 'submitted').map(({ lane }) => lane),
      ['main', 'thread 1'],
    );
  });

  it('tell whether two were inside at once', async () => {
    const both = await record(async () => {
      const inside = words();
      const threads = [new Thread(meet, inside), new Thread(meet, inside)];
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
    });
    const oneByOne = await record(async () => {
      for (const thread of [new Thread(pass, 'door', 1), new Thread(pass, 'door', 1)]) {
        thread.start();
        await thread.join();
      }
    });
    assert.deepEqual([both.mostInside('door'), oneByOne.mostInside('door')], [2, 1]);
    assert.throws(() => both.mostInside('gate'), /"gate"/);
  });
});

describe('a Lock under a recorder', () => {
  const addUnder = (lock: Lock, counter: SharedCounter, times: number): void => {
    for (let n = 0; n < times; n += 1) {
      lock.withSync(() => {
        counter.value += 1;
      });
    }
  };

  it('shows its waits in the lanes of the threads, and that nobody else was inside', async () => {
    const lock = new Lock({ name: 'till' });
    const counter = new SharedCounter();
    const times = 500;
    const timeline = await record(async () => {
      const first = await lock.acquire();
      const threads = [new Thread(addUnder, lock, counter, times), new Thread(addUnder, lock, counter, times)];
      for (const thread of threads) thread.start();
      await isWaitedFor(lock);
      first.release();
      for (const thread of threads) await thread.join();
    });
    assert.equal(counter.value, 2 * times);
    assert.equal(timeline.dropped, 0);
    assert.equal(timeline.waits.filter(({ released }) => released !== undefined).length, 2 * times + 1);
    assert.equal(timeline.mostInside('till'), 1);
    const waited = timeline.lanes.filter((lane) =>
      segmentsOf(lane, timeline.start, timeline.end).some(({ state }) => state === 'wait'),
    );
    assert.ok(waited.some(({ name }) => name.startsWith('thread ')));
  });

  /** Resolves when a thread sleeps for the lock. */
  async function isWaitedFor(lock: Lock): Promise<void> {
    while (lock[watchSymbol]().waiters.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

describe('events of processes', () => {
  it('come with the results of the tasks of a pool, while a recorder listens', async () => {
    const pool = new ProcessPoolExecutor(2);
    try {
      await pool.map(passBriefly, ['off', 'off']);
      const timeline = await record(() => pool.map(passBriefly, ['on', 'on', 'on'], { chunksize: 1 }));
      await pool.map(passBriefly, ['off', 'off']);
      assert.deepEqual(
        timeline.waits.map(({ name, ok }) => [name, ok]),
        [
          ['on', true],
          ['on', true],
          ['on', true],
        ],
      );
      for (const { lane, waiting, released } of timeline.waits) {
        const isInside = timeline.tasks.some(
          (t) => t.lane === lane && t.started! < waiting! && released! < t.finished!,
        );
        assert.ok(isInside);
      }
    } finally {
      await pool.shutdown();
    }
  });

  it('come when a Process leaves its function', async () => {
    const timeline = await record(async () => {
      const child = new Process(pass, 'door', 1);
      child.start();
      await child.join();
    });
    assert.deepEqual(
      timeline.waits.map(({ name, lane }) => [name, lane]),
      [['door', 'process 1']],
    );
  });
});
