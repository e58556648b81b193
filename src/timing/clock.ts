/**
 * Milliseconds on the machine-wide monotonic clock, which all threads and processes share (CLOCK_MONOTONIC on Linux and
 * macOS), so that times from different workers can be drawn on one axis. A reading costs what one of
 * `performance.now()` does, which counts from the start of its own thread and whose module a new process would first
 * have to load.
 *
 * @returns milliseconds; only differences have a meaning
 * @example
 * const start = now();
 * work();
 * console.log(now() - start, 'ms');
 */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
