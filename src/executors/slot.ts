import { now } from '../timing/clock.ts';
import { channels } from '../timing/events.ts';
import { type Lane, takeLane } from '../workers/lanes.ts';
import { timer } from '../workers/timer.ts';
import { batchOf } from './batch.ts';
import type { Engine, Link } from './engine.ts';
import { TimeoutError, WorkerDied } from './errors.ts';
import { Hand, type PoolJob } from './hand.ts';
import { cancelled } from './job.ts';
import { Known } from './known.ts';
import type { Batch, Report } from './protocol.ts';

/** What a slot tells its pool. */
export interface SlotOwner {
  /** Its worker has nothing to do. */
  free(slot: Slot): void;
  /** Its worker is gone. */
  gone(slot: Slot): void;
  /** These jobs were given to a worker and have not begun: another is to have them. */
  back(jobs: readonly PoolJob[]): void;
}

/** Ms between two looks at a process that was asked to leave tasks out. */
const chaseEvery = 20;

/** Numbers all batches of this process: a lane of a cluster shows messages of several slots. */
let batches = 0;

/** One worker of a pool, seen from the pool: starts it, sends it batches, ends it. */
export class Slot {
  readonly #engine: Engine;
  readonly #owner: SlotOwner;
  #lane: Lane | undefined;
  #link: Link | undefined;
  #hand: Hand | undefined;
  #batch = 0;
  /** Tasks that were sent to this worker. */
  tasks = 0;
  #timer: NodeJS.Timeout | undefined;
  #chaser: NodeJS.Timeout | undefined;
  /** True once its worker was told to end: whatever else that hits has done nothing wrong and runs again. */
  #ending = false;
  readonly #known = new Known();

  constructor(engine: Engine, owner: SlotOwner) {
    this.#engine = engine;
    this.#owner = owner;
  }

  get #isRemote(): boolean {
    return this.#engine.kind === 'remote';
  }

  // A message has no life of its own on a timeline.
  get #isWatched(): boolean {
    return channels.worker.hasSubscribers && !this.#isRemote;
  }

  /** True when the worker is there and has nothing to do. */
  get idle(): boolean {
    return this.#link !== undefined && this.#hand === undefined;
  }

  /** The jobs it has that are not over, the running one first. */
  get unfinished(): PoolJob[] {
    return this.#hand?.unfinished ?? [];
  }

  /** True when it has the job. */
  has(job: PoolJob): boolean {
    return this.#hand !== undefined && this.#hand.indexOf(job) >= 0;
  }

  /** Starts the worker. Rejects when it ends before it is ready. */
  async start(): Promise<void> {
    this.tasks = 0;
    this.#ending = false;
    const { kind } = this.#engine;
    this.#lane = takeLane(kind === 'remote' ? 'cluster' : kind);
    const lane = this.#lane.name;
    if (this.#isWatched) channels.worker.publish({ kind: 'spawned', time: now(), lane });
    try {
      this.#link = await this.#engine.connect(
        {
          report: (report) => this.#onReport(report),
          left: (batch, indices) => this.#onLeft(batch, indices),
          died: (death, begun) => this.#onDeath(death, begun),
        },
        lane,
      );
    } catch (error) {
      this.#leave(false);
      throw error;
    }
    if (this.#isWatched) channels.worker.publish({ kind: 'ready', time: this.#link.ready, lane });
  }

  /** Sends jobs to the worker, which is idle. */
  send(jobs: PoolJob[]): void {
    const link = this.#link!;
    batches += 1;
    this.#batch = batches;
    const hand = new Hand(jobs, this.#lane!.name, !this.#isRemote);
    this.#hand = hand;
    this.tasks += jobs.length;
    link.hold(true);
    const first = jobs[0]!;
    const transfer: unknown[] = [];
    const batch = batchOf(jobs, this.#batch, this.#known, transfer);
    try {
      link.send(batch, transfer, jobs);
    } catch (error) {
      this.#refused(jobs, batch, error);
      return;
    }
    this.#known.sent(batch);
    hand.postMs = now() - hand.sent;
    const { runTimeout } = first.call;
    if (runTimeout !== undefined && !this.#isRemote) this.#watch(first, runTimeout, runTimeout);
  }

  /** Cancels a job that it has. False when the job is over, as is known only now. */
  cancel(job: PoolJob): boolean {
    const link = this.#link!;
    const hand = this.#hand!;
    const index = hand.indexOf(job);
    const taken = link.takeBack([index]);
    if (taken?.length === 0) {
      link.look();
      if (job.over) return false;
    }
    job.abandon(cancelled(job.call.name, job.reason), now());
    if (taken?.length === 0 || (taken === undefined && index === (link.at() ?? hand.reported))) this.#end(index);
    else if (taken === undefined && !this.#isRemote) this.#chase();
    return true;
  }

  /** Cancels what it has not begun. */
  cancelWaiting(): void {
    const hand = this.#hand;
    if (hand === undefined) return;
    const indices = hand.unstarted;
    const time = now();
    for (const index of this.#link!.takeBack(indices) ?? indices) {
      const job = hand.at(index)!;
      job.abandon(cancelled(job.call.name, job.reason), time);
    }
  }

  /**
   * Takes back half of what it has not begun, if the batch is older than `ms`: its tasks take longer than was thought,
   * and another worker has nothing to do.
   *
   * @returns false when there is nothing to take, now or later
   */
  share(ms: number): boolean {
    // What a remote worker leaves out is known only at the end of its batch: too late for another.
    if (this.#hand === undefined || this.#isRemote) return false;
    if (now() - this.#hand.sent < ms) return true;
    const indices = this.#hand.shareable;
    if (indices.length === 0) return false;
    const taken = this.#link!.takeBack(indices.slice(Math.floor(indices.length / 2)));
    if (taken !== undefined) this.#owner.back(this.#hand.remove(taken));
    return true;
  }

  /** Ends the worker, which has nothing to do, and resolves when it is gone. */
  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await this.#engine.destroy();
    if (link !== undefined) this.#leave(true);
  }

  #onReport(report: Report): void {
    const hand = this.#hand;
    if (hand === undefined || report.batch !== this.#batch) return;
    const back = hand.settle(report);
    if (report.end) {
      this.#empty();
      this.#link?.hold(false);
    } else if (hand.running?.over) {
      this.#endCancelled();
    }
    if (back.length > 0) this.#owner.back(back);
    if (report.end) this.#owner.free(this);
  }

  #onLeft(batch: number, indices: readonly number[]): void {
    if (this.#hand === undefined || batch !== this.#batch) return;
    const jobs = this.#hand.remove(indices).filter((job) => !job.over);
    if (jobs.length > 0) this.#owner.back(jobs);
  }

  /** Looks soon, and again, whether a task was cancelled too late to be left out: its process may be too busy to tell. */
  #chase(): void {
    this.#chaser ??= setTimeout(() => {
      this.#chaser = undefined;
      if (this.#hand?.hasCancelled) this.#endCancelled();
    }, chaseEvery).unref();
  }

  #endCancelled(): void {
    const hand = this.#hand!;
    const at = this.#link!.at() ?? hand.reported;
    if (hand.at(at)?.over) this.#end(at);
    else this.#chase();
  }

  #onDeath(death: WorkerDied, begun: boolean | undefined): void {
    const hand = this.#hand;
    const link = this.#link;
    this.#empty();
    if (link === undefined) return;
    this.#link = undefined;
    const lane = this.#leave(false);
    // Nobody's task can carry this error, and it must not vanish. (A process has printed its own.)
    if (hand === undefined && death.cause !== undefined) process.emitWarning(death);
    let unfinished = hand?.unfinished ?? [];
    // One that began nothing may have died of the message: given to others whole, it would end them all.
    const at = link.at() ?? -1;
    const running = at < 0 ? hand?.running : hand?.at(at);
    if ((begun ?? !this.#ending) && running !== undefined && !running.over) {
      unfinished = unfinished.filter((job) => job !== running);
      const who = `${lane}, which ran '${running.call.name}',`;
      const error = new WorkerDied(who, death.exitCode, death.signal, death.cause);
      const time = now();
      running.finish(false, error, running.started, time, time);
    }
    this.#owner.back(unfinished);
    this.#owner.gone(this);
  }

  /** Ends a job if it has run for `runTimeout` ms; looks after `ms` whether it has. */
  #watch(job: PoolJob, runTimeout: number, ms: number): void {
    this.#timer = timer(ms, () => this.#overtime(job, runTimeout));
  }

  #overtime(job: PoolJob, runTimeout: number): void {
    // The report that it is done may lie unread, if this thread was busy: look once more.
    setImmediate(() => {
      if (job.over || this.#hand?.running !== job) return;
      const time = now();
      // On a crowded machine its worker may not even have come to it.
      const left = runTimeout - (time - (this.#link?.began(this.#hand.reported) ?? time));
      if (left > 0) {
        this.#watch(job, runTimeout, left);
        return;
      }
      const error = new TimeoutError(`task '${job.call.name}' ran for more than ${runTimeout} ms and was ended`);
      job.finish(false, error, job.started, time, time);
      this.#end(this.#hand.reported);
    });
  }

  /** The message could not be made: fails the jobs whose arguments cannot be copied, and gives the others back. */
  #refused(jobs: readonly PoolJob[], batch: Batch, error: unknown): void {
    this.#known.unsent(batch);
    this.#empty();
    this.#link!.hold(false);
    const time = now();
    const good = jobs.length === 1 ? [] : jobs.filter(({ args }) => copies(args));
    for (const job of jobs) if (!good.includes(job)) job.finish(false, error, time, time, time);
    this.tasks -= jobs.length;
    // Also when there are none: the pool is told in any case that this worker is free again.
    this.#owner.back(good);
  }

  #end(index: number): void {
    this.#ending = true;
    this.#link?.end(index);
  }

  #empty(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#chaser);
    this.#timer = undefined;
    this.#chaser = undefined;
    this.#hand = undefined;
  }

  #leave(ok: boolean): string {
    const { name: lane } = this.#lane!;
    if (this.#isWatched) channels.worker.publish({ kind: 'exited', time: now(), lane, ok });
    this.#lane!.release();
    this.#known.clear();
    return lane;
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
