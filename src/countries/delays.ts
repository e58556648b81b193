import type { SiteOptions } from './options.ts';
import { seeded } from './seeded.ts';

/** The 99th percentile of the standard normal distribution. */
const z99 = 2.3263;

/** How long the answer to one request takes, ms. */
export function delayOf({ delay, seed }: SiteOptions, page: number, attempt: number): number {
  if (typeof delay === 'number') return delay;
  const draw = seeded(seed, page, attempt, 3);
  if ('mean' in delay) return Math.max(0, delay.mean + (2 * draw - 1) * delay.jitter);
  // Log-normal, by the method of Box and Muller.
  const normal = Math.sqrt(-2 * Math.log(1 - draw)) * Math.cos(2 * Math.PI * seeded(seed, page, attempt, 4));
  return delay.median * (delay.p99 / delay.median) ** (normal / z99);
}
