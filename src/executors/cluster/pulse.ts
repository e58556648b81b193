import type { Redis } from 'ioredis';
import { beatEvery, serverTime, workersKey } from './read-status.ts';
import type { ClusterSettings } from './settings.ts';
import type { WorkerRow } from './status.ts';

/** Ms without an answer after which a connection is thought dead: a network that was cut says nothing. */
const silence = 5000;
/** Beats over which the rate is taken. */
const window = 5;

/** What a worker counts. */
export type Tally = Pick<WorkerRow, 'running' | 'done' | 'failed' | 'refused'>;

/** What a worker is. */
export type Who = Pick<WorkerRow, 'id' | 'name' | 'host' | 'pid' | 'concurrency'>;

/** A worker's sign of life, each second in the server. */
export class Pulse {
  readonly #redis: Redis;
  /** Another connection to be kept an eye on. */
  readonly #ear: Redis;
  readonly #settings: ClusterSettings;
  readonly #who: Who;
  readonly #tally: () => Tally;
  #startedAt: number | undefined;
  /** The last beats, the oldest first. */
  readonly #past: { readonly at: number; readonly done: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The beat under way: while the connection is down they do not pile up. */
  #beating: Promise<void> | undefined;
  #askedAt = 0;

  constructor(redis: Redis, ear: Redis, settings: ClusterSettings, who: Who, tally: () => Tally) {
    this.#redis = redis;
    this.#ear = ear;
    this.#settings = settings;
    this.#who = who;
    this.#tally = tally;
  }

  /** Tasks per second over the last beats. */
  get rate(): number {
    const [first, last] = [this.#past[0], this.#past.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }

  /** Resolves when the server has the first. */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => this.#next(), beatEvery);
  }

  /** Ends it, and takes the worker off the list if the server can be reached. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#redis.status !== 'ready') return;
    await this.#beating;
    await this.#redis.hdel(workersKey(this.#settings), this.#who.id);
  }

  #next(): void {
    if (this.#beating === undefined) {
      this.#askedAt = performance.now();
      const asked = Promise.all([this.#beat(), this.#ear.ping()]);
      this.#beating = asked.then(
        () => this.#over(),
        () => this.#over(),
      );
    } else if (performance.now() - this.#askedAt > silence) {
      // What was asked by a connection that is dead is asked again by the next.
      this.#askedAt = performance.now();
      for (const each of [this.#redis, this.#ear]) if (each.status === 'ready') each.disconnect(true);
    }
  }

  #over(): void {
    this.#beating = undefined;
  }

  async #beat(): Promise<void> {
    const seenAt = await serverTime(this.#redis);
    this.#startedAt ??= seenAt;
    const tally = this.#tally();
    this.#past.push({ at: performance.now(), done: tally.done });
    if (this.#past.length > window + 1) this.#past.shift();
    const row: WorkerRow = { ...this.#who, ...tally, rate: this.rate, startedAt: this.#startedAt, seenAt };
    await this.#redis.hset(workersKey(this.#settings), this.#who.id, JSON.stringify(row));
  }
}
