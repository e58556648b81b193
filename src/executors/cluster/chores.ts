import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { forget } from './forget.ts';

/** What a caller does in the server though nobody waits for it. */
export class Chores {
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #open = new Set<Promise<unknown>>();
  /** Ids of jobs that nobody will ask for any more; that they go is not worth the time of a task that comes next. */
  #answered: string[] = [];
  #forgotten: string[] = [];

  constructor(redis: Redis, queue: Queue) {
    this.#redis = redis;
    this.#queue = queue;
  }

  /** Should it fail, nobody hears of it. */
  do(chore: Promise<unknown>): Promise<unknown> {
    const done = chore.catch(() => {}).finally(() => this.#open.delete(done));
    this.#open.add(done);
    return done;
  }

  /** Resolves when those are over that there are now. */
  async done(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  /** Lets a job that was answered go at the next `tidy` but one. */
  forget(id: string): void {
    this.#answered.push(id);
  }

  /** Removes what was answered before the last call: the others may not be over yet for the server. */
  tidy(): void {
    const ids = this.#forgotten;
    this.#forgotten = this.#answered;
    this.#answered = [];
    if (ids.length > 0) void this.do(forget(this.#redis, this.#queue, ids));
  }

  /** Removes a job that is over, or is about to be: news of it may come a moment before. */
  async remove(id: string): Promise<void> {
    while ((await this.#queue.remove(id)) === 0) {
      // It may have ended between the two questions: only one that is not there is removed.
      if ((await this.#queue.getJobState(id)) === 'unknown') return;
      await sleep(5);
    }
  }

  /** Removes the bytes of large messages that were read. */
  unlink(...refs: (string | undefined)[]): void {
    const keys = refs.filter((ref) => ref !== undefined);
    if (keys.length > 0) void this.do(this.#redis.unlink(...keys));
  }
}
