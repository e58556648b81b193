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
    queued: () => ms(() => Promise.all(items.map((item) => pool.run('nothing', item)))),
    ...(map && { map: () => msOfMany(5, () => map('nothing', items)) }),
    alone: () => msOfMany(1000, () => pool.run('nothing', 1)),
    parallel: () => parallel(pool),
    copied: () => carried((numbers) => pool.run('same', numbers)),
    ...(kind === 'thread' && {
      ...(move && { moved: () => carried(move) }),
      shared: () => carried((numbers) => pool.run('same', numbers), new SharedArrayBuffer(8 * length)),
    }),
    first: () => first(open, kind),
  };
}

/** Ms that heavy tasks take when all are there at once. @param {Pool} pool */
function parallel(pool) {
  return computed(() => Promise.all(heavy.map((one) => pool.run('gcd', one))));
}

/** By how much that is faster than one after another. @param {Pool} pool */
export async function speedUp(pool) {
  const serial = await computed(async () => {
    const results = [];
    for (const one of heavy) results.push(await pool.run('gcd', one));
    return results;
  });
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
 * Ms that numbers take to a worker and back.
 * @param {(numbers: Float64Array) => Promise<unknown>} carry
 * @param {ArrayBufferLike} memory
 */
async function carried(carry, memory = new ArrayBuffer(8 * length)) {
  const numbers = new Float64Array(memory).fill(1.5);
  /** @type {unknown} */
  let back;
  const time = await ms(async () => {
    back = await carry(numbers);
  });
  if (!(back instanceof Float64Array && back.length === length && back[length - 1] === 1.5)) {
    throw new Error('the numbers did not come back');
  }
  return time;
}

/**
 * Ms from nothing to the first result, the average of three.
 * @param {Open} open
 * @param {Kind} kind
 */
async function first(open, kind) {
  let sum = 0;
  for (let n = 0; n < 3; n += 1) {
    /** @type {Pool | undefined} */
    let pool;
    try {
      sum += await ms(async () => {
        pool = await open(kind, 1);
        await pool.run('nothing', 1);
      });
    } finally {
      await pool?.close();
    }
  }
  return sum / 3;
}

/**
 * Ms of one of several runs, one after another.
 * @param {number} count
 * @param {() => Promise<unknown>} work
 */
export async function msOfMany(count, work) {
  const time = await ms(async () => {
    for (let n = 0; n < count; n += 1) await work();
  });
  return time / count;
}

/** @param {() => Promise<unknown>} work */
export async function ms(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
