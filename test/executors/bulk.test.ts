import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bulk } from '../../src/executors/bulk.ts';
import { ProcessPoolExecutor } from '../../src/executors/executors.ts';
import { leastBulk } from '../../src/executors/outcome.ts';

/** The files in memory that this process has open, by their descriptors. */
function files(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => `/proc/self/fd/${fd}`)
    .filter((path) => existsSync(path) && readlinkSync(path).startsWith('/dev/shm/'));
}

const same = <T>(value: T): T => value;
const large = (fill: number) => new Float64Array(leastBulk / 8 + 3).fill(fill);

describe('large arrays on their way to a process', function () {
  let pool: ProcessPoolExecutor;
  before(function () {
    // Elsewhere they take the channel, as small ones do.
    const bulk = Bulk.create();
    bulk?.close();
    if (bulk === undefined) this.skip();
  });
  beforeEach(() => {
    pool = new ProcessPoolExecutor(1);
  });
  afterEach(() => pool.shutdown());
  this.timeout(120_000);

  it('come back as they were, of every type', async () => {
    const types = [Int8Array, Uint8ClampedArray, Uint16Array, Float32Array, Float64Array, BigInt64Array, DataView];
    const bytes = Uint8Array.from({ length: leastBulk + 8 }, (_, index) => index % 251);
    const arrays = types.map((type) => Reflect.construct(type, [bytes.slice().buffer]) as ArrayBufferView);
    assert.deepEqual(await pool.map(same, arrays), arrays);
    const buffer = Buffer.from(bytes);
    assert.deepEqual(await pool.submit(same, buffer), buffer);
    assert.deepEqual(await pool.submit(same, bytes.buffer), bytes.buffer);
  });

  it('are found inside data, whose shape stays', async () => {
    const numbers = large(1.5);
    const data: Record<string, unknown> = {
      numbers,
      list: [1n, numbers, new Date(7)],
      part: numbers.subarray(9),
      text: 'x',
    };
    data.self = data;
    const back = await pool.submit((value: typeof data) => {
      if (value.self !== value || (value.list as unknown[])[1] !== value.numbers) throw new Error('not the same');
      return value;
    }, data);
    assert.deepEqual(back, data);
    assert.equal(back.self, back);
    assert.equal((back.list as unknown[])[1], back.numbers);
  });

  it('are results of tasks that came together, small and large in turn', async () => {
    const back = await pool.map(
      (item: number) => (item % 2 ? item : new Uint8Array(2 ** 20).fill(item)),
      [0, 1, 2, 3, 4],
      {
        chunksize: 5,
      },
    );
    assert.deepEqual(
      back.map((value) => (typeof value === 'number' ? value : value.every((byte) => byte === value[0]) && value[0])),
      [0, 1, 2, 3, 4],
    );
  });

  it('that came home stay when the process dies, and the next one has its own file', async () => {
    const die = (numbers: Float64Array) => process.kill(process.pid, numbers[0] === 2 ? 'SIGKILL' : 0) && numbers;
    const one = pool.submit(same, large(1));
    const two = pool.with({ name: 'die' }).submit(die, large(2));
    const three = pool.submit(same, large(3));
    assert.deepEqual(await one, large(1));
    await assert.rejects(two, /ended by SIGKILL/);
    assert.deepEqual(await three, large(3));
    assert.equal(files().length, 1);
  });

  it('leave no memory in use after a while, and no file when the pool is shut down', async () => {
    await pool.submit(same, large(1));
    while (files().some((path) => statSync(path).blocks > 0)) await sleep(50);
    await pool.shutdown();
    assert.deepEqual(files(), []);
  });

  describe('whose file', () => {
    let bulk: Bulk;
    beforeEach(() => {
      bulk = Bulk.create()!;
    });
    afterEach(() => bulk.close());
    const size = () => statSync(bulk.path).size;

    it('keeps its memory for those that come next', () => {
      bulk.unpack(bulk.pack(large(1))!);
      bulk.rest();
      assert.equal(size(), large(1).byteLength);
    });

    it('does not keep for small ones what a large one had', () => {
      bulk.pack([large(1), large(2), large(3)]);
      bulk.rest();
      bulk.rewind();
      bulk.pack(large(4));
      bulk.rest();
      assert.equal(size(), large(4).byteLength);
      bulk.rewind();
      bulk.rest();
      assert.equal(size(), 0);
    });

    it('gives back what the other side wrote', async () => {
      const other = Bulk.open(bulk.path);
      const packed = other.pack(large(1))!;
      other.close();
      assert.deepEqual(bulk.unpack(packed), large(1));
      bulk.rest();
      assert.equal(size(), large(1).byteLength);
      while (size() > 0) await sleep(50);
    }).timeout(20_000);

    it('keeps what was written since', async () => {
      bulk.pack(large(1));
      bulk.rest();
      bulk.rewind();
      const packed = bulk.pack(large(2))!;
      await sleep(1100);
      assert.deepEqual(bulk.unpack(packed), large(2));
    });
  });
});
