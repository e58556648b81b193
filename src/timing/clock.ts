/**
 * One clock for every thread and process of this machine.
 *
 * `performance.now()` counts from the start of its own thread; `process.hrtime` counts from one point that all
 * processes share (CLOCK_MONOTONIC on Linux and macOS). The offset between the two is taken once per thread, so that
 * a reading costs no more than `performance.now()` and times from different workers can be drawn on one axis.
 */
const offset = measureOffset();

/** The least of several tries: a first call of `hrtime.bigint` takes up to 1 ms, during which the other clock goes on. */
function measureOffset(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const before = performance.now();
    least = Math.min(least, Number(process.hrtime.bigint()) / 1e6 - before);
  }
  return least;
}

/**
 * Milliseconds on the machine-wide monotonic clock.
 *
 * @returns milliseconds; only differences have a meaning
 * @example
 * const start = now();
 * work();
 * console.log(now() - start, 'ms');
 */
export function now(): number {
  return performance.now() + offset;
}
