/**
 * What threads of one race share: a count of those that have arrived and one of those that are awake, the counter that the lock guards, and for each
 * thread when it began and ended.
 * @typedef {object} Track
 * @property {Int32Array} words
 * @property {Float64Array} times
 * @property {number} parties
 * @property {number} count how often each goes through the lock
 */

/** @param {number} parties @param {number} count @returns {Track} */
export function newTrack(parties, count) {
  const words = new Int32Array(new SharedArrayBuffer(256));
  return { words, times: new Float64Array(new SharedArrayBuffer(16 * parties)), parties, count };
}

/**
 * One thread's part: it warms up, meets the others, and goes.
 * @param {Track} track
 * @param {number} index
 * @param {(count: number) => void} loop adds 1 to words[32] so often, each time under the lock; the first time is the warm-up
 */
export function race(track, index, loop) {
  loop(track.count);
  meet(track);
  track.times[2 * index] = Number(process.hrtime.bigint());
  loop(track.count);
  track.times[2 * index + 1] = Number(process.hrtime.bigint());
}

/** The same for a lock that is awaited. @param {Track} track @param {number} index @param {(count: number) => Promise<void>} loop */
export async function raceAwaited(track, index, loop) {
  await loop(track.count);
  meet(track);
  track.times[2 * index] = Number(process.hrtime.bigint());
  await loop(track.count);
  track.times[2 * index + 1] = Number(process.hrtime.bigint());
}

/** @param {Track} track */
function meet({ words, parties }) {
  if (Atomics.add(words, 0, 1) === parties - 1) Atomics.notify(words, 0);
  for (let here = Atomics.load(words, 0); here < parties; here = Atomics.load(words, 0)) Atomics.wait(words, 0, here);
  // Who was woken comes later by some 50 µs: all go when all are awake, unless there are not cores enough.
  Atomics.add(words, 16, 1);
  for (let tries = 0; Atomics.load(words, 16) < parties && tries < 1e6; tries += 1);
}

/** Ns from the first start to the last end, by all passes of all threads. @param {Track} track @param {boolean} [isLoose] it may lose updates */
export function nanoseconds({ words, times, parties, count }, isLoose = false) {
  const passes = 2 * parties * count;
  if (!isLoose && words[32] !== passes) throw new Error(`${words[32]} of ${passes} updates`);
  const ends = [...times].sort((a, b) => a - b);
  return (ends[2 * parties - 1] - ends[0]) / (parties * count);
}

/**
 * True when the threads went through the lock side by side: one that was alone for a while, as the system had its core
 * busy with something else, met nobody there and was faster by far.
 * @param {Track} track
 */
export function sideBySide({ times, parties }) {
  if (parties === 1) return true;
  const [from, to, otherFrom, otherTo] = times;
  const shared = Math.min(to, otherTo) - Math.max(from, otherFrom);
  return shared > 0.9 * Math.min(to - from, otherTo - otherFrom);
}

/** Some 10 µs of work. */
export function work() {
  let x = 1;
  for (let n = 0; n < 10_000; n += 1) x = (Math.imul(x, 31) + n) | 0;
  return x;
}
