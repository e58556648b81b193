import type { Redis } from 'ioredis';
import { BrokenExecutor } from '../errors.ts';
import { type ClusterSettings, connect, lastErrorOf, shownUrl } from './settings.ts';

/**
 * Ms that the server has to answer for the first time. One that refuses has them too: it may be starting, beside its
 * callers.
 */
const patience = 5000;

/**
 * A connection that works and keeps no program alive: what does so is a task under way.
 *
 * @throws BrokenExecutor when the server does not answer, or does not let us in
 */
export async function reach(settings: ClusterSettings): Promise<Redis> {
  const redis = await connect(settings);
  redis.on('connect', () => redis.stream.unref());
  try {
    await answered(redis, settings);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** Resolves when the server has let us in. */
async function answered(redis: Redis, settings: ClusterSettings): Promise<void> {
  if (redis.status === 'ready') return;
  let timer: NodeJS.Timeout | undefined;
  let refuse: ((error: Error) => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      redis.once('ready', () => resolve());
      redis.once('end', () => reject(unreachable(settings, lastErrorOf(redis))));
      refuse = (error) => {
        if (/NOAUTH|WRONGPASS|NOPERM|certificate/i.test(error.message)) reject(unreachable(settings, error));
      };
      redis.on('error', refuse);
      timer = setTimeout(() => reject(unreachable(settings, lastErrorOf(redis))), patience);
    });
  } finally {
    clearTimeout(timer);
    if (refuse !== undefined) redis.off('error', refuse);
  }
}

/** What to say of a server with which nothing can be done. */
export function unreachable(settings: ClusterSettings, cause: Error | undefined): BrokenExecutor {
  const why = cause?.message || (cause as NodeJS.ErrnoException | undefined)?.code || 'it does not answer';
  return new BrokenExecutor(`no connection to the server ${shownUrl(settings.url)}: ${why}`, { cause });
}
