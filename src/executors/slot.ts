import { receiveError, receiveValue, type Shipment } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import { channels } from '../timing/events.ts';
import { type Lane, takeLane } from '../workers/lanes.ts';
import type { Engine, Link } from './engine.ts';
import { TimeoutError, WorkerDied } from './errors.ts';
import { type Call, cancelled, type Job } from './job.ts';
import type { Pace } from './pace.ts';
import type { Batch, Report } from './protocol.ts';

/** A function made ready for the workers of a pool. */
export interface PoolCall extends Call {
  readonly shipment: Shipment;
  readonly pace: Pace;
}

/** A job of a pool; its arguments are as `shipValue` made them. */
export type PoolJob = Job & { readonly call: PoolCall };

/** What a slot tells its pool. */
export interface SlotOwner {
  /** The batch is over: the worker is ready for the next. */
  free(slot: Slot): void;
  /** The worker is gone; `unstarted` are the jobs of its batch that it never began. */
  gone(slot: Slot, unstarted: PoolJob[]): void;
}

/**
 * One worker of a pool, seen from the pool: starts it, sends it batches, settles jobs by its reports, ends it.
 *
 * Invariant: `#jobs` is the batch the worker is at, in order. Those before `#reported` are settled or back in the
 * queue; the one at `#reported` is taken to be running; those after it are taken not to have begun.
 */
export class Slot {
  readonly #engine: Engine;
  readonly #owner: SlotOwner;
  #lane: Lane | undefined;
  #link: Link | undefined;
  #jobs: PoolJob[] = [];
  #reported = 0;
  #batch = 0;
  #postMs = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Ids of the functions that this worker has. */
  #known = new Set<string>();

  constructor(engine: Engine, owner: SlotOwner) {
    this.#engine = engine;
    this.#owner = owner;
  }

  /** True when the worker is there and has nothing to do. */
  get idle(): boolean {
    return this.#link !== undefined && this.#jobs.length === 0;
  }

  /** The jobs it has that are not over, the running one first. */
  get unfinished(): PoolJob[] {
    return this.#jobs.slice(this.#reported).filter((job) => !job.over);
  }

  /** Starts the worker. Rejects when it ends before it is ready. */
  async start(): Promise<void> {
    this.#lane = takeLane(this.#engine.kind);
    const lane = this.#lane.name;
    if (channels.worker.hasSubscribers) channels.worker.publish({ kind: 'spawned', time: now(), lane });
    try {
      this.#link = await this.#engine.connect(
        { report: (report) => this.#onReport(report), died: (death) => this.#onDeath(death) },
        lane,
      );
    } catch (error) {
      this.#leave();
      throw error;
    }
    if (channels.worker.hasSubscribers) channels.worker.publish({ kind: 'ready', time: this.#link.ready, lane });
  }

  /** Sends jobs to the worker, which is idle. */
  send(jobs: PoolJob[]): void {
    this.#jobs = jobs;
    this.#reported = 0;
    this.#batch += 1;
    const first = jobs[0]!;
    const begun = now();
    first.run(this.#lane!.name, begun);
    this.#link!.hold(true);
    try {
      this.#link!.post(this.#message(jobs), first.transfer ?? []);
    } catch (error) {
      this.#refused(error);
      return;
    }
    this.#postMs = now() - begun;
    const { runTimeout } = first.call;
    if (runTimeout !== undefined) this.#timer = setTimeout(() => this.#overtime(first, runTimeout), runTimeout);
  }

  /** Cancels a job of the batch: a running one ends with its worker. */
  cancel(job: PoolJob): void {
    const index = this.#jobs.indexOf(job);
    job.abandon(cancelled(job.call.name, job.reason), now());
    if (index === this.#reported) this.#link?.kill();
    else this.#link?.post({ withdraw: this.#batch, indices: [index] }, []);
  }

  /** Ends the worker, which has nothing to do, and resolves when it is gone. */
  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await this.#engine.destroy();
    if (link !== undefined) this.#leave();
  }

  #message(jobs: PoolJob[]): Batch {
    const definitions: Shipment[] = [];
    const id = jobs[0]!.call.shipment.id;
    let uniform = true;
    let single = true;
    let shipped = false;
    for (const job of jobs) {
      const { call, args, shipped: changed } = job;
      job.message = this.#batch;
      if (call.shipment.id !== id) uniform = false;
      if (args.length !== 1) single = false;
      if (changed) shipped = true;
      if (this.#known.has(call.shipment.id)) continue;
      // Messages arrive in order, so what is sent is known.
      this.#known.add(call.shipment.id);
      definitions.push(call.shipment);
    }
    return {
      batch: this.#batch,
      definitions: definitions.length > 0 ? definitions : undefined,
      functions: uniform ? id : jobs.map(({ call }) => call.shipment.id),
      args: single ? jobs.map(({ args }) => args[0]) : jobs.map(({ args }) => args),
      single,
      shipped,
    };
  }

  #onReport(report: Report): void {
    if (report.batch !== this.#batch) return;
    const { from, times, values, failed } = report;
    const received = now();
    const jobs = this.#jobs;
    let nextFailed = 0;
    for (let index = 0; index < values.length; index += 1) {
      const job = jobs[from + index]!;
      const start = times[2 * index]!;
      this.#reported = from + index + 1;
      const ok = failed?.[nextFailed] !== index;
      if (!ok) nextFailed += 1;
      if (Number.isNaN(start)) continue;
      let value = values[index];
      if (!ok) value = receiveError(value);
      else if (report.shipped) value = receiveValue(value);
      job.lane = this.#lane!.name;
      job.finish(ok, value, start, times[2 * index + 1]!, received);
    }
    if (values.length > 0) this.#learn(jobs, report);
    if (report.end) {
      this.#clear();
      this.#link?.hold(false);
      this.#owner.free(this);
      return;
    }
    const running = jobs[this.#reported];
    if (running === undefined) return;
    // It began in spite of its cancellation, which came too late for it to be left out.
    if (running.over) this.#link?.kill();
    else running.run(this.#lane!.name, times[times.length - 1] ?? received);
  }

  #learn(jobs: PoolJob[], { from, times, values }: Report): void {
    const { pace } = jobs[from]!.call;
    const ms = times[times.length - 1]! - times[0]!;
    // What it cost to send counts, twice as it must be read as well: large arguments make small chunks.
    if (ms >= 0) pace.learn(values.length, ms + (2 * this.#postMs * values.length) / jobs.length);
  }

  #onDeath(death: WorkerDied): void {
    const lane = this.#lane!.name;
    const running = this.#jobs[this.#reported];
    const unstarted = this.#jobs.slice(this.#reported + 1).filter((job) => !job.over);
    if (running !== undefined && !running.over) {
      const who = `${lane}, which ran '${running.call.name}',`;
      const time = now();
      running.finish(
        false,
        new WorkerDied(who, death.exitCode, death.signal, death.cause),
        running.started,
        time,
        time,
      );
    }
    // Nobody's task can carry this error; it must not vanish. (A process has printed its own.)
    if (running === undefined && death.cause !== undefined) process.emitWarning(death);
    for (const job of unstarted) job.requeue();
    const closing = this.#link === undefined;
    this.#clear();
    if (closing) return;
    this.#link = undefined;
    this.#leave();
    this.#owner.gone(this, unstarted);
  }

  /** A job ran too long. The report that it is done may lie unread, if this thread was busy: look once more. */
  #overtime(job: PoolJob, runTimeout: number): void {
    setImmediate(() => {
      if (job.over || this.#jobs[this.#reported] !== job) return;
      const time = now();
      const error = new TimeoutError(`task '${job.call.name}' ran for more than ${runTimeout} ms and was ended`);
      job.finish(false, error, job.started, time, time);
      this.#link?.kill();
    });
  }

  /** The message could not be made: fails the jobs whose arguments cannot be copied, and sends the others. */
  #refused(error: unknown): void {
    const jobs = this.#jobs;
    this.#known.clear();
    this.#clear();
    this.#link!.hold(false);
    const good = jobs.filter((job) => jobs.length > 1 && copies(job.args));
    const time = now();
    for (const job of jobs) {
      if (good.length > 0 && good.includes(job)) job.requeue();
      else job.finish(false, error, time, time, time);
    }
    if (good.length > 0) this.send(good);
    else this.#owner.free(this);
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#jobs = [];
    this.#reported = 0;
  }

  #leave(): void {
    const lane = this.#lane!.name;
    if (channels.worker.hasSubscribers) channels.worker.publish({ kind: 'exited', time: now(), lane });
    this.#lane!.release();
    this.#known.clear();
  }
}

function copies(args: readonly unknown[]): boolean {
  try {
    structuredClone(args);
    return true;
  } catch {
    return false;
  }
}
