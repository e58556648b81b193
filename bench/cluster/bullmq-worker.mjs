// One worker process of bare BullMQ.
import { Worker } from 'bullmq';
import { tasks } from '../executors/tasks.mjs';

process.on('disconnect', () => process.exit());
process.once('message', async ({ connection, concurrency }) => {
  const worker = new Worker('bench', async ({ name, data }) => tasks[name](data), { connection, concurrency });
  await worker.waitUntilReady();
  process.send('ready');
});
