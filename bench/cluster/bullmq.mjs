// Bare BullMQ: one job per task. `add`: as its guide has it. `boxed`: the same with its sandboxed processors, so that
// each worker runs tasks in a process of its own. `bulk`: jobs are added together, and each worker has many.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents } from 'bullmq';

/** @type {typeof import('../../src/executors/cluster/valkey.ts')} */
const { startValkey } = await import(new URL('../../dist/executors/cluster/valkey.js', import.meta.url).href);

const file = fileURLToPath(new URL('./bullmq-worker.mjs', import.meta.url));
const removed = { removeOnComplete: true, removeOnFail: true };

/**
 * @param {number} count
 * @param {'add' | 'boxed' | 'bulk'} how
 * @returns {Promise<import('./figures.mjs').Cluster>}
 */
export async function open(count, how) {
  const server = await startValkey();
  const connection = { host: '127.0.0.1', port: server.port, password: server.password };
  const concurrency = how === 'bulk' ? 50 : 1;
  const workers = Array.from({ length: count }, () => fork(file));
  for (const worker of workers) worker.send({ connection, concurrency, isBoxed: how === 'boxed' });
  await Promise.all(workers.map((worker) => once(worker, 'message')));

  // With the 10,000 events that it keeps by default, some of 10,000 jobs added at once would be lost.
  const queue = new Queue('bench', { connection, streams: { events: { maxLen: 100_000 } } });
  // Not from now on: the first job may be over before it listens.
  const events = new QueueEvents('bench', { connection, lastEventId: '0-0' });
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const waiting = new Map();
  // Quicker than `job.waitUntilFinished`, which also asks the server whether the job is over.
  events.on('completed', ({ jobId, returnvalue }) => {
    waiting.get(jobId)(returnvalue);
    waiting.delete(jobId);
  });
  let last = 0;
  const job = (/** @type {string} */ name, /** @type {number} */ data) => {
    last += 1;
    return { name, data, opts: { ...removed, jobId: `job-${last}` } };
  };
  const result = (/** @type {string} */ id) => new Promise((resolve) => waiting.set(id, resolve));
  const run = (/** @type {string} */ task, /** @type {number} */ arg) => {
    const { name, data, opts } = job(task, arg);
    const settled = result(opts.jobId);
    return queue.add(name, data, opts).then(() => settled);
  };
  return {
    run,
    async map(task, items) {
      if (how !== 'bulk') return Promise.all(items.map((item) => run(task, item)));
      const jobs = items.map((item) => job(task, item));
      const results = jobs.map(({ opts }) => result(opts.jobId));
      await queue.addBulk(jobs);
      return Promise.all(results);
    },
    async close() {
      await Promise.all([queue.close(), events.close()]);
      const gone = workers.map((worker) => once(worker, 'exit'));
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(gone);
      await server.stop();
    },
  };
}
