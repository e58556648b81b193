import type { Redis } from 'ioredis';
import type { ClusterSettings } from './settings.ts';
import { ClusterStatus, type WorkerRow } from './status.ts';

/** Ms between two heartbeats of a worker. */
export const beatEvery = 1000;
/** Ms without a heartbeat after which a worker is forgotten. */
const forgottenAfter = 60_000;

/** The hash of the heartbeats. */
export function workersKey({ prefix, queue }: Pick<ClusterSettings, 'prefix' | 'queue'>): string {
  return `${prefix}:${queue}:workers`;
}

/** The server's clock in ms since 1970: those of the machines may differ. */
export async function serverTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

/** What reads the lengths of a queue: BullMQ's `Queue`. */
export interface Counts {
  getJobCounts(...types: ('wait' | 'active' | 'completed' | 'failed' | 'prioritized' | 'delayed')[]): Promise<{
    [type: string]: number;
  }>;
}

/** Asks the server for the present state of a cluster. */
export async function readStatus(
  redis: Redis,
  settings: Pick<ClusterSettings, 'prefix' | 'queue'>,
  counts: Counts,
): Promise<ClusterStatus> {
  const key = workersKey(settings);
  const [time, beats, lengths] = await Promise.all([
    serverTime(redis),
    redis.hgetall(key),
    counts.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'completed', 'failed'),
  ]);
  const rows = Object.values(beats).map((text) => JSON.parse(text) as WorkerRow);
  const gone = rows.filter(({ seenAt }) => time - seenAt > forgottenAfter);
  if (gone.length > 0) await redis.hdel(key, ...gone.map(({ id }) => id));
  const workers = rows.filter((row) => !gone.includes(row));
  workers.sort((a, b) => a.name.localeCompare(b.name) || a.startedAt - b.startedAt);
  const { wait = 0, prioritized = 0, delayed = 0, active = 0, completed = 0, failed = 0 } = lengths;
  return new ClusterStatus(
    settings.queue,
    { waiting: wait + prioritized + delayed, active, completed, failed },
    workers,
    time,
  );
}
