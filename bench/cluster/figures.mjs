import { ms } from '../executors/figures.mjs';
import { middle, oneByOne } from '../tools/middle.mjs';
import { cpuByRole, roles } from './usage.mjs';

/**
 * A server, workers in other processes and a caller, of any make.
 * @typedef {object} Cluster
 * @property {(task: 'nothing' | 'short', arg: number) => Promise<unknown>} run one task
 * @property {(task: 'nothing' | 'short', items: readonly number[]) => Promise<unknown>} map
 * @property {() => Promise<unknown>} close
 *
 * @typedef {(workers: number) => Promise<Cluster>} Open
 */

/** Numbers of workers whose throughput is measured. */
const sizes = [1, 2, 4, 8];
/** Ms that one measurement of throughput takes at least. */
const long = 1000;

/**
 * What is measured of every cluster: ms; per number of workers tasks of 0.1 ms a second, and how many cores the caller,
 * the server and the workers kept busy meanwhile.
 * @param {Open} open
 * @returns {Promise<import('../tools/serve.mjs').Figures>}
 */
export async function figuresOf(open) {
  const many = numbers(10_000);
  // One size at a time: workers that wait would be counted as well.
  /** @type {Cluster | undefined} */
  let cluster;
  let size = 0;
  const sized = async (/** @type {number} */ wanted) => {
    if (cluster === undefined || size !== wanted) {
      await cluster?.close();
      cluster = await open(wanted);
      size = wanted;
      // Each worker has had tasks before.
      await cluster.map('nothing', many.slice(0, 200 * wanted));
    }
    return cluster;
  };
  /** @type {import('../tools/serve.mjs').Figures} */
  const figures = {
    map: async () => {
      const { map } = await sized(2);
      return middle(3, () => ms(() => map('nothing', many)));
    },
    submits: async () => {
      const { run } = await sized(2);
      return middle(3, () => ms(() => Promise.all(many.map((item) => run('nothing', item)))));
    },
    alone: async () => {
      const { run } = await sized(2);
      return middle(3, () => ms(() => oneByOne(300, () => run('nothing', 1))));
    },
  };
  for (const workers of sizes) {
    /** @type {Record<string, number>} */
    let busy = {};
    figures[`rate ${workers}`] = async () => {
      const { map } = await sized(workers);
      const items = many.slice(0, 1000);
      const before = cpuByRole();
      let tasks = 0;
      const start = performance.now();
      do {
        await map('short', items);
        tasks += items.length;
      } while (performance.now() < start + long);
      const took = performance.now() - start;
      const after = cpuByRole();
      busy = Object.fromEntries(roles.map((role) => [role, (after[role] - before[role]) / took]));
      return (tasks * 1000) / took;
    };
    // Of the last measurement.
    for (const role of roles) figures[`${role} ${workers}`] = () => busy[role] ?? Number.NaN;
  }
  return figures;
}

/** @param {number} count */
function numbers(count) {
  return Array.from({ length: count }, (_, index) => index);
}
