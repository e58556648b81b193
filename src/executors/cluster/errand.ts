import { shipError } from '../../shipping/index.ts';
import { now } from '../../timing/clock.ts';
import { BrokenExecutor, TimeoutError, WorkerDied } from '../errors.ts';
import type { Report } from '../protocol.ts';
import type { Station } from './station.ts';
import { type ClusterBatch, type Outcome, wallOffset } from './wire.ts';

/** Ms between two looks at a process that was asked to leave tasks out. */
const chaseEvery = 20;

/** One batch that a worker of a cluster has in hand, from its arrival to its outcome. */
export class Errand {
  readonly #batch: ClusterBatch;
  readonly #station: Station;
  readonly #attempts: number;
  readonly #offset = wallOffset();
  readonly #times: number[];
  readonly #values: unknown[];
  readonly #failed = new Set<number>();
  #shipped = false;
  /** Tasks that are not to begin; if one did before its process heard of it, it goes on. */
  readonly #unwanted = new Set<number>();
  /** Tasks that their caller does not want any more: one that began is ended. */
  readonly #dropped = new Set<number>();
  /** Tasks of which the process said that it does not begin them. */
  readonly #left = new Set<number>();
  readonly #over = new Set<number>();
  /** How many processes each task took with it. */
  readonly #deaths = new Map<number, number>();
  /** The tasks that the process has. */
  #sent: number[] = [];
  #began = 0;
  #timer: NodeJS.Timeout | undefined;
  #chaser: NodeJS.Timeout | undefined;
  /** The task that was told to end, and what is to be said of it: nothing, if it was given back. */
  #stopped: { readonly index: number; readonly verdict: Error | 'leave' } | undefined;

  constructor(batch: ClusterBatch, station: Station, attempts: number) {
    this.#batch = batch;
    this.#station = station;
    this.#attempts = attempts;
    this.#times = new Array<number>(2 * batch.args.length).fill(Number.NaN);
    this.#values = new Array<unknown>(batch.args.length).fill(undefined);
  }

  /** How many tasks are over, and how many of those failed. */
  get counts(): { readonly done: number; readonly failed: number } {
    return { done: this.#over.size, failed: this.#failed.size };
  }

  /** Runs the tasks in order. */
  async run(): Promise<Outcome> {
    let failures = 0;
    while (this.#rest.length > 0) {
      try {
        await this.#station.open();
        await this.#round();
      } catch (error) {
        failures += 1;
        const why = error instanceof Error ? error.message : String(error);
        const broken = new BrokenExecutor(`a process of ${this.#station.who} could not start: ${why}`, {
          cause: error,
        });
        if (failures === this.#attempts) for (const index of this.#rest) this.#fail(index, broken);
      }
    }
    const { who: lane } = this.#station;
    const failed = this.#failed.size > 0 ? [...this.#failed].sort((a, b) => a - b) : undefined;
    return { times: this.#times, values: this.#values, failed, shipped: this.#shipped, lane };
  }

  /** Tasks that were called back: one that runs is ended, the others are left out. Those not named go on. */
  drop(indices: readonly number[]): void {
    for (const index of indices) this.#dropped.add(index);
    this.#withdraw(indices);
    this.#endDropped();
  }

  /** Withdraws whatever has not begun; a worker that is to end gives it back. */
  withdrawAll(): void {
    this.#withdraw(this.#rest);
  }

  /** Ends the task that runs and gives it and all others back. */
  leave(): void {
    this.withdrawAll();
    if (this.#running !== undefined) this.#stop(this.#running, 'leave');
  }

  /** Ends a task that nobody wants if it began; looks again while one may, as its process may be too busy to tell. */
  #endDropped(): void {
    clearTimeout(this.#chaser);
    const index = this.#begun;
    if (index !== undefined && this.#dropped.has(index)) {
      // Given back, as another caller of its key may want it still.
      this.#stop(index, 'leave');
    } else if (this.#sent.some((each) => this.#dropped.has(each) && this.#isOpen(each))) {
      this.#chaser = setTimeout(() => this.#endDropped(), chaseEvery);
    }
  }

  #withdraw(indices: readonly number[]): void {
    const running = this.#running;
    const places: number[] = [];
    for (const index of indices) {
      if (index === running) continue;
      this.#unwanted.add(index);
      const place = this.#sent.indexOf(index);
      if (place > 0) places.push(place);
    }
    if (places.length > 0) this.#station.withdraw(places);
  }

  get #rest(): number[] {
    return this.#values
      .map((_, index) => index)
      .filter((index) => !this.#over.has(index) && !this.#unwanted.has(index));
  }

  /** The task that runs, as far as is known. */
  get #running(): number | undefined {
    return this.#sent.find((index) => this.#isOpen(index));
  }

  /** The same, also if the process did not report those before it; undefined between two tasks. */
  get #begun(): number | undefined {
    const place = this.#station.at;
    if (place === undefined) return this.#running;
    const index = this.#sent[place];
    return index !== undefined && this.#isOpen(index) ? index : undefined;
  }

  #isOpen(index: number): boolean {
    return !this.#over.has(index) && !this.#left.has(index);
  }

  /** Sends the process all that is left, or a task that took a process with it alone; resolves when it has none. */
  async #round(): Promise<void> {
    const rest = this.#rest;
    const first = rest[0];
    if (first === undefined) return;
    this.#sent = this.#deaths.has(first) ? [first] : rest;
    this.#began = this.#now();
    const { runTimeout } = this.#batch;
    try {
      await new Promise<void>((resolve) => {
        const report = (news: Report): void => {
          this.#onReport(news);
          if (news.end) resolve();
          // It began before its process was asked to leave it out.
          else this.#endDropped();
        };
        const left = (places: readonly number[]): void => {
          for (const place of places) this.#left.add(this.#sent[place]!);
        };
        const died = (death: WorkerDied): void => {
          this.#onDeath(death);
          resolve();
        };
        this.#station.send(this.#batch, this.#sent, { report, left, died });
        if (runTimeout !== undefined) this.#watch(first, runTimeout, runTimeout);
      });
    } finally {
      clearTimeout(this.#timer);
      clearTimeout(this.#chaser);
      this.#sent = [];
      this.#stopped = undefined;
    }
  }

  #onReport({ from, times, values, failed, shipped }: Report): void {
    if (shipped) this.#shipped = true;
    values.forEach((value, at) => {
      const index = this.#sent[from + at];
      if (index === undefined) return;
      const started = times[2 * at]!;
      // It was withdrawn.
      if (Number.isNaN(started)) return;
      if (failed?.includes(at)) this.#failed.add(index);
      this.#settle(index, value, started + this.#offset, times[2 * at + 1]! + this.#offset);
      this.#began = times[2 * at + 1]! + this.#offset;
    });
  }

  #onDeath(death: WorkerDied): void {
    const index = this.#begun ?? this.#running;
    if (index === undefined) return;
    if (this.#stopped !== undefined) {
      const { index: meant, verdict } = this.#stopped;
      if (verdict === 'leave') this.#unwanted.add(meant);
      // If it was over a moment before, another was at its place, and runs again.
      else if (index === meant) this.#fail(index, verdict);
    } else {
      // The outcomes of its last 2 ms are gone with it, so another task may have done it: alone it shows.
      const deaths = (this.#deaths.get(index) ?? 0) + 1;
      this.#deaths.set(index, deaths);
      if (deaths < this.#attempts) return;
      const who = `each of ${deaths} processes of ${this.#station.who} that ran '${this.#nameOf(index)}' in turn`;
      this.#fail(index, new WorkerDied(who, death.exitCode, death.signal, death.cause ?? death));
    }
  }

  /** Ends a task if it has run for `runTimeout` ms; looks after `ms` whether it has. */
  #watch(index: number, runTimeout: number, ms: number): void {
    this.#timer = setTimeout(() => this.#overtime(index, runTimeout), Math.max(1, ms));
  }

  #overtime(index: number, runTimeout: number): void {
    // The report that it is over may lie unread, if this process was busy: look once more.
    setImmediate(() => {
      if (this.#running !== index) return;
      // On a crowded machine its process may not even have come to it.
      const left = runTimeout - (now() - (this.#station.began ?? now()));
      if (left > 0) {
        this.#watch(index, runTimeout, left);
        return;
      }
      const what = `task '${this.#nameOf(index)}' ran for more than ${runTimeout} ms and was ended`;
      this.#stop(index, new TimeoutError(what));
    });
  }

  #stop(index: number, verdict: Error | 'leave'): void {
    this.#stopped = { index, verdict };
    this.#station.end();
  }

  #fail(index: number, error: Error): void {
    this.#failed.add(index);
    const now = this.#now();
    this.#settle(index, shipError(error, 'remote'), this.#sent.length > 0 ? this.#began : now, now);
  }

  #settle(index: number, value: unknown, started: number, finished: number): void {
    this.#over.add(index);
    this.#values[index] = value;
    this.#times[2 * index] = started;
    this.#times[2 * index + 1] = finished;
  }

  #now(): number {
    return performance.timeOrigin + performance.now();
  }

  #nameOf(index: number): string {
    const { names } = this.#batch;
    return typeof names === 'string' ? names : (names[index] ?? 'anonymous');
  }
}
