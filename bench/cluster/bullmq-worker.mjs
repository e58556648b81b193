// One worker process of bare BullMQ.
import { fileURLToPath } from 'node:url';
import { Worker } from 'bullmq';
import run from './bullmq-box.mjs';

const box = fileURLToPath(new URL('./bullmq-box.mjs', import.meta.url));

process.on('disconnect', () => process.exit());
process.once('message', async ({ connection, concurrency, isBoxed }) => {
  const worker = new Worker('bench', isBoxed ? box : run, { connection, concurrency });
  await worker.waitUntilReady();
  process.send('ready');
});
