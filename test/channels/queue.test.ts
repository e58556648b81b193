import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { QueueClosed } from '../../src/channels/errors.ts';
import { Queue } from '../../src/channels/queue.ts';
import { CancelledError, TimeoutError } from '../../src/executors/errors.ts';
import { ShippingError } from '../../src/shipping/index.ts';

async function all<T>(queue: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

describe('a queue on one thread', () => {
  it('gives what was put, in order, by reference', async () => {
    const queue = new Queue<object>();
    const items = [{}, {}, {}];
    for (const item of items) await queue.put(item);
    for (const item of items) assert.equal(await queue.get(), item);
  });

  it('lets a get wait for a put, first come, first served', async () => {
    const queue = new Queue<number>();
    const gets = [queue.get(), queue.get()];
    await queue.put(1);
    await queue.put(2);
    assert.deepEqual(await Promise.all(gets), [1, 2]);
  });

  it('holds maxsize items and makes further puts wait, in order', async () => {
    const queue = new Queue<number>(2);
    let done = 0;
    const puts = [1, 2, 3, 4].map((item) => queue.put(item).then(() => (done += 1)));
    await new Promise(setImmediate);
    assert.equal(done, 2);
    assert.equal(await queue.size(), 2);
    assert.equal(await queue.get(), 1);
    await new Promise(setImmediate);
    assert.equal(done, 3);
    assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [2, 3, 4]);
    await Promise.all(puts);
  });

  it('throws TimeoutError when a wait takes too long, and says why', async () => {
    const queue = new Queue<number>(1);
    await assert.rejects(queue.get({ timeout: 5 }), (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.match(error.message, /get waited 5 ms, and the queue stayed empty/);
      return true;
    });
    await queue.put(1);
    await assert.rejects(queue.put(2, { timeout: 5 }), /stayed full \(1 of 1\): nobody takes anything off it/);
    assert.equal(await queue.get({ timeout: 0 }), 1);
    await assert.rejects(queue.get({ timeout: 0 }), TimeoutError);
  });

  it('gives up a wait by a signal, and the item goes to the next', async () => {
    const queue = new Queue<number>();
    const controller = new AbortController();
    const first = queue.get({ signal: controller.signal });
    const second = queue.get({ timeout: 1000, signal: new AbortController().signal });
    controller.abort('no more');
    await assert.rejects(first, (error) => error instanceof CancelledError && error.cause === 'no more');
    await queue.put(7);
    assert.equal(await second, 7);
    await assert.rejects(queue.put(8, { signal: AbortSignal.abort('before') }), CancelledError);
    assert.equal(await queue.size(), 0);
  });

  it('closes: what is inside can be taken, then gets and puts throw and loops end', async () => {
    const queue = new Queue<number>(2);
    await queue.put(1);
    await queue.put(2);
    const late = queue.put(3);
    queue.close();
    queue.close();
    await assert.rejects(late, QueueClosed);
    await assert.rejects(queue.put(4), { name: 'QueueClosed', message: 'the queue is closed' });
    assert.deepEqual(await all(queue), [1, 2]);
    await assert.rejects(queue.get(), QueueClosed);
    const empty = new Queue();
    const waiting = [empty.get(), all(empty)] as const;
    empty.close();
    await assert.rejects(waiting[0], QueueClosed);
    assert.deepEqual(await waiting[1], []);
  });

  it('stays as it is when a loop over it is left', async () => {
    const queue = new Queue<number>();
    for (const item of [1, 2, 3]) await queue.put(item);
    for await (const item of queue) if (item === 2) break;
    assert.equal(await queue.get(), 3);
  });

  it('serves many waits that timed out without keeping them', async () => {
    const queue = new Queue<number>();
    const patient = queue.get();
    for (let round = 0; round < 20; round += 1) {
      await Promise.allSettled(Array.from({ length: 50 }, () => queue.get({ timeout: 0 })));
    }
    await queue.put(1);
    assert.equal(await patient, 1);
    await queue.put(2);
    assert.equal(await queue.get(), 2);
  });

  it('refuses a bound or a time-out that is none', async () => {
    for (const wrong of [-1, 1.5, Number.NaN, '3']) assert.throws(() => new Queue(wrong as number), RangeError);
    const queue = new Queue();
    for (const wrong of [-1, Number.NaN, 'soon']) {
      await assert.rejects(queue.get({ timeout: wrong as number }), RangeError);
    }
    assert.equal(new Queue(3).maxsize, 3);
  });

  it('shows what is in it and who waits', async () => {
    const queue = new Queue<number>(1);
    await queue.put(1);
    const waiting = queue.put(2);
    assert.equal(inspect(queue), 'Queue { 1 of 1 inside, 1 put waits }');
    await queue.get();
    await waiting;
    queue.close();
    assert.equal(inspect(queue), 'Queue { 1 of 1 inside, closed }');
  });

  it('blocks neither the main thread nor the machine', async () => {
    const queue = new Queue<number>();
    assert.throws(() => queue.getSync(), /would block the main thread.*write await queue\.get\(…\)/);
    assert.throws(() => queue.putSync(1), /write await queue\.put\(…\)/);
    assert.equal(await queue.size(), 0);
  });

  it('is refused by a machine that is not this one', async () => {
    const { shipValue } = await import('../../src/shipping/index.ts');
    assert.throws(
      () => shipValue(new Queue(), 'remote'),
      (error) => {
        assert.ok(error instanceof ShippingError);
        assert.match(error.message, /Queue, which lives on one machine/);
        return true;
      },
    );
  });
});
