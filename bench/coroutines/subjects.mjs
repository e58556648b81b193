// Each runs tasks that do nothing but hand over.

/** @typedef {(tasks: number, switches: number, each?: (task: number) => void) => unknown} Run `each` is told at each step */

const ours = () => import(new URL('../../dist/index.js', import.meta.url).href);
/** @param {number} count @param {(task: number) => any} make */
const makeAll = (count, make) => Array.from({ length: count }, (_, task) => make(task));

/** Hands over by a plain yield. @param {number} task @param {number} switches @param {(task: number) => void} [each] */
function* steps(task, switches, each) {
  for (let n = 0; n < switches; n += 1) {
    each?.(task);
    yield;
  }
}

/** @type {Record<string, () => Promise<{ run: Run, most?: number }>>} `most`: how many it can have waiting at once */
export const subjects = {
  async 'bare loop'() {
    /** @type {Run} */
    const run = (tasks, switches, each) => {
      const all = makeAll(tasks, (task) => steps(task, switches, each));
      for (let ended = 0; ended < tasks; ) {
        ended = 0;
        for (const one of all) if (one.next().done) ended += 1;
      }
    };
    return { run };
  },
  async roundRobin() {
    const { roundRobin } = await ours();
    /** @type {Run} */
    const run = (tasks, switches, each) => roundRobin(makeAll(tasks, (task) => steps(task, switches, each)));
    return { run };
  },
  async EventLoop() {
    const { EventLoop } = await ours();
    /** @type {Run} */
    const run = (tasks, switches, each) => {
      const loop = new EventLoop();
      return loop.run(() => loop.gather(...makeAll(tasks, (task) => steps(task, switches, each))));
    };
    return { run };
  },
  async fromGenerator() {
    const { fromGenerator } = await ours();
    /** @type {Run} */
    const run = (tasks, switches, each) =>
      Promise.all(makeAll(tasks, (task) => fromGenerator(steps)(task, switches, each)));
    return { run };
  },
  async 'async functions'() {
    /** @param {number} task @param {number} switches @param {(task: number) => void} [each] */
    async function asyncSteps(task, switches, each) {
      for (let n = 0; n < switches; n += 1) {
        each?.(task);
        await undefined;
      }
    }
    /** @type {Run} */
    const run = (tasks, switches, each) => Promise.all(makeAll(tasks, (task) => asyncSteps(task, switches, each)));
    return { run };
  },
  async co() {
    const { default: co } = await import('co');
    const done = Promise.resolve();
    /** @param {number} task @param {number} switches @param {(task: number) => void} [each] */
    function* coSteps(task, switches, each) {
      for (let n = 0; n < switches; n += 1) {
        each?.(task);
        yield done;
      }
    }
    /** @type {Run} */
    const run = (tasks, switches, each) => Promise.all(makeAll(tasks, (task) => co(coSteps(task, switches, each))));
    return { run };
  },
  async effection() {
    const { action, all, run: start } = await import('effection');
    // The quickest of its waits that takes turns: until(promise) and sleep(0) take longer.
    const handOver = action((resolve) => {
      resolve();
      return () => {};
    });
    /** @type {Run} */
    const run = (tasks, switches, each) =>
      start(function* () {
        yield* all(
          makeAll(tasks, (task) => ({
            *[Symbol.iterator]() {
              for (let n = 0; n < switches; n += 1) {
                each?.(task);
                yield* handOver;
              }
            },
          })),
        );
      });
    return { run, most: 10_000 }; // 100,000 of them take it minutes.
  },
};
