import { setTimeout as sleep } from 'node:timers/promises';
import { oneByOne, quickest, settled } from '../tools/middle.mjs';

/**
 * A pool of any make. Of `move`, the numbers move there and back instead of being copied.
 * @typedef {object} Pool
 * @property {(task: 'nothing' | 'gcd' | 'same', arg: unknown) => Promise<unknown>} run one task by its name in `tasks.mjs`
 * @property {(task: 'nothing', items: readonly unknown[]) => Promise<unknown>} [map]
 * @property {(numbers: Float64Array) => Promise<unknown>} [move]
 * @property {() => unknown} close
 *
 * @typedef {'thread' | 'process'} Kind
 * @typedef {(kind: Kind, workers: number) => Pool | Promise<Pool>} Open
 */

const items = Array.from({ length: 10_000 }, (_, index) => index);
/** 64 MB. */
const length = 8 * 2 ** 20;
const sharedMemory = new SharedArrayBuffer(8 * length);
/** Half a second together, on one core. */
const heavy = Array.from({ length: 8 }, () => [2030677, 3814172, 20]);

/**
 * What is measured of every pool, in ms.
 * @param {Open} open
 * @param {Kind} kind
 * @param {Pool} [given] the pool of 2 workers to use
 * @returns {Promise<import('../tools/serve.mjs').Figures>}
 */
export async function figuresOf(open, kind, given) {
  const pool = given ?? (await open(kind, 2));
  const { map, move } = pool;
  return {
    queued: () => settled(7, () => ms(() => Promise.all(items.map((item) => pool.run('nothing', item))))),
    ...(map && { map: () => settled(9, () => ms(() => map('nothing', items))) }),
    // Linux puts the two that talk now on one core, now on two, where each message must wake one: 17 us there and back
    // with a bare process become 85, ours 33 become 100. After a rest it is one core at first.
    alone: () => sleep(300).then(() => quickest(8, () => ms(() => oneByOne(200, () => pool.run('nothing', 1))))),
    parallel: () => parallel(pool),
    copied: () => carried(3, new ArrayBuffer(8 * length), (numbers) => pool.run('same', numbers)),
    ...(kind === 'thread' && {
      ...(move && { moved: () => carried(9, new ArrayBuffer(8 * length), move) }),
      shared: () => carried(9, sharedMemory, (numbers) => pool.run('same', numbers)),
    }),
    first: () => settled(5, () => first(open, kind)),
  };
}

/** Ms that heavy tasks take when all are there at once. @param {Pool} pool */
function parallel(pool) {
  return computed(() => Promise.all(heavy.map((one) => pool.run('gcd', one))));
}

/** By how much that is faster than one after another. @param {Pool} pool */
export async function speedUp(pool) {
  const serial = await computed(() => oneByOne(heavy.length, (index) => pool.run('gcd', heavy[index])));
  return serial / (await parallel(pool));
}

/** @param {() => Promise<unknown[]>} work */
async function computed(work) {
  /** @type {unknown[]} */
  let results = [];
  const time = await ms(async () => {
    results = await work();
  });
  if (results.length !== heavy.length || results.some((result) => result !== 1)) throw new Error('a wrong gcd');
  return time;
}

/**
 * Ms that numbers take to a worker and back. Those that came back go there the next time: new ones for each time would
 * set off a collection of the whole heap, which came to its end while they were on their way, and took longer than that.
 * @param {number} count
 * @param {ArrayBufferLike} memory
 * @param {(numbers: Float64Array) => Promise<unknown>} carry
 */
function carried(count, memory, carry) {
  /** @type {unknown} */
  let numbers = new Float64Array(memory).fill(1.5);
  return settled(count, async () => {
    const time = await ms(async () => {
      numbers = await carry(/** @type {Float64Array} */ (numbers));
    });
    if (!(numbers instanceof Float64Array && numbers.length === length && numbers[length - 1] === 1.5)) {
      throw new Error('the numbers did not come back');
    }
    return time;
  });
}

/**
 * Ms from nothing to the first result.
 * @param {Open} open
 * @param {Kind} kind
 */
async function first(open, kind) {
  /** @type {Pool | undefined} */
  let pool;
  try {
    return await ms(async () => {
      pool = await open(kind, 1);
      await pool.run('nothing', 1);
    });
  } finally {
    await pool?.close();
  }
}

/** @param {() => Promise<unknown>} work */
export async function ms(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
