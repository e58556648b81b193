import { nanoseconds, newTrack, sideBySide } from './race.mjs';

/** Times that each of two threads goes through a lock of some ns. */
const many = 200_000;
/** And through one that takes 100 times as long, or with 10 µs of work inside. */
const few = 4000;
/** Times that a race is run until its threads have run side by side; then the last one counts, as on one core. */
const most = 8;

/**
 * What is measured of a lock between threads.
 * @param {(track: import('./race.mjs').Track, what: 'count' | 'work') => Promise<unknown>} run lets so many threads race
 * @param {{ slow?: boolean, loose?: boolean, reads?: boolean }} [its]
 * @returns {import('../tools/serve.mjs').Figures}
 */
export function figuresOf(run, { slow = false, loose = false, reads = false } = {}) {
  /** @param {number} parties @param {'count' | 'work'} what @param {number} count */
  const measure = async (parties, what, count) => {
    for (let tries = 1; ; tries += 1) {
      const track = newTrack(parties, count);
      await run(track, what);
      if (sideBySide(track) || tries === most) return nanoseconds(track, loose || what === 'work');
    }
  };
  const count = slow ? few : many;
  return {
    contended: () => middle(7, () => measure(2, 'count', count)),
    alone: () => middle(7, () => measure(1, 'count', count)),
    ...(reads && {
      speedUp: () => middle(3, async () => (await measure(1, 'work', few)) / (await measure(2, 'work', few))),
    }),
  };
}

/** @param {number} count @param {() => Promise<number>} measure */
export async function middle(count, measure) {
  const values = [];
  for (let round = 0; round < count; round += 1) values.push(await measure());
  return values.sort((a, b) => a - b)[count >> 1];
}
