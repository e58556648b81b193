import assert from 'node:assert/strict';
import { connect } from '../../../src/executors/cluster/settings.ts';
import { BrokenExecutor, Lock, Queue, ShippingError, withExecutor } from '../../../src/index.ts';
import { sharedCluster } from './clusters.ts';

class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}

class Missing extends Error {
  override readonly name = 'Missing';
  readonly key: string;
  constructor(key: string, options?: ErrorOptions) {
    super(`no ${key}`, options);
    this.key = key;
  }
}

describe('what travels through a cluster', () => {
  const { make, settings } = sharedCluster();

  it('carries functions with what they use, and instances of classes there and back', async () => {
    await withExecutor(make(), async (pool) => {
      const twice = (point: Point) => new Point(2 * point.x, 2 * point.y);
      const point = await pool.submit(twice, new Point(3, 4));
      assert.ok(point instanceof Point);
      assert.equal(point.length, 10);
      const points = await pool.map(twice, [new Point(1, 0), new Point(0, 2)]);
      assert.deepEqual(points, [new Point(2, 0), new Point(0, 4)]);
    });
  });

  it('carries errors with class, cause and own fields', async () => {
    await withExecutor(make(), async (pool) => {
      const error = await pool
        .submit(() => {
          throw new Missing('house', { cause: new RangeError('far') });
        })
        .exception();
      assert.ok(error instanceof Missing);
      assert.equal(error.key, 'house');
      assert.ok(error.cause instanceof RangeError);
    });
  });

  it('refuses at once what cannot travel', async () => {
    await withExecutor(make(), (pool) => {
      const local = { socket: process.stdout };
      assert.throws(() => pool.submit(() => local.socket), ShippingError);
      assert.throws(() => pool.with({ transfer: [] }).submit(() => 1), /memory moves between threads only/);
    });
  });

  it('refuses results that live on one machine, before they leave it', async () => {
    await withExecutor(make(), async (pool) => {
      for (const fn of [() => new Lock(), () => [new Queue()], () => new SharedArrayBuffer(8)]) {
        const error = await pool.submit(fn as () => unknown).exception();
        assert.ok(error instanceof ShippingError, String(error));
        assert.match(error.message, /^result cannot be sent to another machine: /);
      }
    });
  });

  it('carries large arguments and results beside the queue, and leaves nothing of them in the server', async () => {
    await withExecutor(make(), async (pool) => {
      const bytes = new Uint8Array(3_000_000).fill(7);
      const result = await pool.submit((given: Uint8Array) => given.map((value) => value + 1), bytes);
      assert.equal(result.length, bytes.length);
      assert.ok(result.every((value) => value === 8));
    });
    const redis = await connect(settings());
    try {
      assert.deepEqual(await redis.keys('*:data:*'), []);
    } finally {
      redis.disconnect();
    }
  });

  it('divides what is together too large, and refuses what is so alone, there and back', async () => {
    await withExecutor(make({ maxBytes: 100_000 }), async (pool) => {
      const blocks = Array.from({ length: 20 }, (_, index) => new Uint8Array(30_000).fill(index));
      const sizeOf = (block: Uint8Array) => block.length;
      assert.deepEqual(await pool.map(sizeOf, blocks, { chunksize: 20 }), blocks.map(sizeOf));
      blocks[13] = new Uint8Array(200_000);
      const seen: number[] = [];
      await assert.rejects(async () => {
        for await (const size of pool.map(sizeOf, blocks, { chunksize: 20 })) seen.push(size);
      }, /RangeError: a message of 2\d+ bytes is more than the 100000 of this cluster/);
      assert.equal(seen.length, 13);
      // Its worker may send more than this caller takes.
      const error = await pool.submit((length: number) => new Uint8Array(length), 200_000).exception();
      assert.match(String(error), /RangeError: a message of 2\d+ bytes is more than the 100000 of this cluster/);
    });
  });

  it('says of a wrong secret that the task was refused', async () => {
    await withExecutor(make({ secret: 'another secret that nobody knows..' }), async (pool) => {
      const error = await pool.submit(() => 1).exception();
      assert.ok(error instanceof BrokenExecutor);
      assert.match(error.message, /refused: its seal is wrong/);
    });
  });
});
