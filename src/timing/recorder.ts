import { setImmediate as nextTurn } from 'node:timers/promises';
import { now } from './clock.ts';
import { listen } from './event-ways.ts';
import { channels, type RecordedEvent } from './events.ts';
import { Timeline } from './timeline.ts';

/** How many events a recorder keeps if it is not told: some 20 MB. */
const defaultLimit = 200_000;

/**
 * Keeps the events that executors, workers, locks and channels publish while it listens, here and in the threads that
 * this one starts or has started.
 *
 * Nothing is published while nobody listens, so a recorder costs only while it runs. Beyond `limit` events it keeps
 * the first ones and counts the others in `dropped`.
 *
 * @example
 * const recorder = new Recorder();
 * recorder.start();
 * try {
 *   await pool.map(work, items);
 * } finally {
 *   recorder.stop();
 * }
 * await recorder.timeline().draw();
 */
export class Recorder {
  /** Events that came when `limit` was reached, or faster than they could be taken out of a thread. */
  dropped = 0;
  readonly limit: number;
  #kept: RecordedEvent[] = [];
  #from: number | undefined;
  #to: number | undefined;
  #endListening: (() => void) | undefined;
  readonly #keep = (message: unknown): void => {
    if (this.#kept.length < this.limit) this.#kept.push(message as RecordedEvent);
    else this.dropped += 1;
  };

  constructor({ limit = defaultLimit }: { limit?: number } = {}) {
    if (!(limit > 0)) throw new RangeError(`A recorder keeps at least one event, not ${limit}.`);
    this.limit = limit;
  }

  /** Listens from now on, and forgets what an earlier run left. @throws Error when it already listens */
  start(): void {
    if (this.#from !== undefined && this.#to === undefined) throw new Error('This recorder already listens.');
    this.#kept = [];
    this.dropped = 0;
    this.#to = undefined;
    this.#endListening = listen((lost) => {
      this.dropped += lost;
    });
    for (const channel of Object.values(channels)) channel.subscribe(this.#keep);
    this.#from = now();
  }

  /** Listens no more. To stop twice does nothing. */
  stop(): void {
    if (this.#from === undefined || this.#to !== undefined) return;
    this.#to = now();
    this.#endListening?.();
    for (const channel of Object.values(channels)) channel.unsubscribe(this.#keep);
  }

  /** What happened, in the order of time. Those of workers arrive in batches, so this is not the order of arrival. */
  get events(): RecordedEvent[] {
    return this.#kept.toSorted((a, b) => a.time - b.time);
  }

  /** The timeline of what was recorded, from `start()` to `stop()` unless told otherwise (ms of `now()`). */
  timeline(region: { start?: number; end?: number } = {}): Timeline {
    const { start = this.#from, end = this.#to } = region;
    return new Timeline(this.events, { start, end, dropped: this.dropped });
  }
}

/**
 * Runs `fn` and gives the timeline of what happened meanwhile, ready to be shown.
 *
 * @throws what `fn` throws
 * @example
 * const timeline = await record(() => pool.map(work, items));
 * console.log(timeline.maxConcurrency);
 */
export async function record(fn: () => unknown, options: { limit?: number } = {}): Promise<Timeline> {
  const recorder = new Recorder(options);
  recorder.start();
  let end: number;
  try {
    await fn();
    end = now();
    await nextTurn(); // batched events of processes may still be on their way
  } finally {
    recorder.stop();
  }
  return recorder.timeline({ end }).draw();
}
