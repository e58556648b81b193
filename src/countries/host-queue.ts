import { now } from '../timing/clock.ts';
import { pause } from './retry.ts';

/**
 * Resolves when all have, or rejects as the first of them does, but not before all have ended: a page that is still
 * being written must not come to its folder when somebody else goes on there.
 */
export async function allEnded(works: readonly Promise<void>[]): Promise<void> {
  const all = Promise.all(works).then(() => {});
  await Promise.allSettled([all, ...works]);
  return all;
}

/** The pages of one host that are to be fetched, and when its next request may start. */
export class HostQueue {
  readonly #links: string[] = [];
  #interval: number;
  /** No request starts before it. */
  #nextAt = Number.NEGATIVE_INFINITY;

  /** @param interval ms between the starts of two requests */
  constructor(interval: number) {
    this.#interval = interval;
  }

  add(link: string): this {
    this.#links.push(link);
    return this;
  }

  /** Calls `take` for each link in turn, for at most so many of them at the same time. */
  async drain(most: number, take: (link: string) => Promise<void>): Promise<void> {
    const rest = this.#links.values();
    const runner = async (): Promise<void> => {
      for (const link of rest) await take(link);
    };
    await allEnded(Array.from({ length: Math.min(most, this.#links.length) }, runner));
  }

  /** Resolves when the next request may start; the one after that may an interval later. */
  async turn(signal: AbortSignal): Promise<void> {
    for (;;) {
      if (signal.aborted) throw signal.reason;
      const wait = this.#nextAt - now();
      if (wait <= 0) break;
      await pause(wait, signal);
    }
    this.#nextAt = now() + this.#interval;
  }

  /** The host asked for more time between two requests. */
  slow(interval: number): void {
    this.#interval = Math.max(this.#interval, interval);
  }

  /** The host asked for a pause, which holds for all of its pages. */
  hold(ms: number): void {
    if (ms > 0) this.#nextAt = Math.max(this.#nextAt, now() + ms);
  }
}
