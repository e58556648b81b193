import { setTimeout as sleep } from 'node:timers/promises';
import { readStatus } from './read-status.ts';
import { type ClusterSettings, connect, lastErrorOf, shownUrl } from './settings.ts';

/** Ms in which the server is to answer. */
const patience = 3000;

/**
 * Prints the state of a cluster.
 *
 * @param watch again each second, until the process is ended
 * @returns the exit code
 */
export async function showStatus(settings: ClusterSettings, watch: boolean): Promise<number> {
  const [{ Queue }, redis] = await Promise.all([import('bullmq'), connect(settings)]);
  const { prefix } = settings;
  const queue = new Queue(settings.queue, { connection: redis, prefix, skipMetasUpdate: true });
  queue.on('error', () => {});
  try {
    do {
      const late = sleep(patience, undefined, { ref: false });
      const asked = readStatus(redis, settings, queue).catch((error: unknown) => {
        if (redis.status !== 'end') throw error;
      });
      const status = await Promise.race([asked, late]);
      if (status === undefined) {
        const why = lastErrorOf(redis)?.message || 'no answer';
        console.error(`${shownUrl(settings.url)} is not reached: ${why}`);
        if (!watch || redis.status === 'end') return 1;
      } else {
        // On a terminal each table takes the place of the last.
        if (watch && process.stdout.isTTY) process.stdout.write('\x1b[H\x1b[2J');
        console.log(String(status));
      }
      if (watch) await sleep(1000);
    } while (watch);
    return 0;
  } finally {
    redis.disconnect();
  }
}
