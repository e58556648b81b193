import assert from 'node:assert/strict';
import { pack, unpack } from '../../../src/executors/cluster/parcel.ts';
import { Bench } from './bench.ts';

describe('A parcel', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open({ maxBytes: 200_000 });
  });
  after(() => bench.close());

  const small = Buffer.from('small');
  const large = Buffer.alloc(100_000, 1);

  it('holds small messages itself, and large ones by a key that expires', async () => {
    const { redis, settings } = bench;
    const subject = { kind: 'task', id: '1' } as const;
    const near = await pack(redis, settings, subject, small);
    assert.equal(near.ref, undefined);
    assert.deepEqual(await unpack(redis, settings, subject, near), small);
    const far = await pack(redis, settings, subject, large);
    assert.equal(far.body, undefined);
    assert.ok((await redis.pttl(far.ref!)) > 0);
    assert.deepEqual(await unpack(redis, settings, subject, far), large);
  });

  it('refuses more bytes than are allowed, before anything is sent', async () => {
    const { redis, settings } = bench;
    const keys = await redis.dbsize();
    const subject = { kind: 'task', id: '2' } as const;
    await assert.rejects(pack(redis, settings, subject, Buffer.alloc(200_001)), /RangeError.*200001 bytes.*maxBytes/);
    assert.equal(await redis.dbsize(), keys);
  });

  it('keeps the answers of two workers apart, of which one has lost the message to the other', async () => {
    const { redis, settings } = bench;
    const subject = { kind: 'result', id: '3' } as const;
    const first = await pack(redis, settings, subject, large);
    await pack(redis, settings, subject, Buffer.alloc(100_000, 2));
    assert.deepEqual(await unpack(redis, settings, subject, first), large);
  });
});
