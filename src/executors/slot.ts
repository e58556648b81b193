import { now } from '../timing/clock.ts';
import { batchOf, copies } from './batch.ts';
import type { Engine, Link } from './engine.ts';
import { WorkerDied } from './errors.ts';
import { Hand, type PoolJob } from './hand.ts';
import { cancelled } from './job.ts';
import { Known } from './known.ts';
import { watchOvertime } from './overtime.ts';
import { Presence } from './presence.ts';
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
  #presence: Presence | undefined;
  #link: Link | undefined;
  #hand: Hand | undefined;
  #batch = 0;
  /** Tasks that were sent to this worker. */
  tasks = 0;
  #stopWatch: (() => void) | undefined;
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

  /** True while it has a worker, which may not be ready yet. */
  get connected(): boolean {
    return this.#link !== undefined;
  }

  /** True when jobs lie with it whose worker is not ready. */
  get early(): boolean {
    return this.#link?.ready === 0 && this.unfinished.length > 0;
  }

  /**
   * Starts the worker.
   *
   * @param early gives the first jobs when they can be sent before the worker is ready, which spares a journey there and
   *   back; until it is, they have not begun
   * @throws what it ended with before it was ready; its jobs are still in `unfinished`
   */
  async start(early: () => PoolJob[]): Promise<void> {
    this.tasks = 0;
    this.#ending = false;
    this.#presence = new Presence(this.#engine.kind);
    let link: Link;
    try {
      link = await this.#engine.connect(
        {
          report: (report) => this.#onReport(report),
          left: (batch, indices) => this.#onLeft(batch, indices),
          died: (death, begun) => this.#onDeath(death, begun),
        },
        this.#presence.lane,
      );
      this.#link = link;
      if (link.opened !== undefined) {
        const jobs = early();
        if (jobs.length > 0) this.send(jobs);
        await link.opened;
      }
    } catch (error) {
      this.#link = undefined;
      this.#leave(false);
      throw error;
    }
    // It may have ended with its first task.
    if (this.#link === undefined) return;
    this.#presence.ready(link.ready);
    this.#hand?.begin();
  }

  /** Takes back what its worker has not begun: one that is not ready loses its jobs to one that is, or when it fails. */
  giveUp(): PoolJob[] {
    const hand = this.#hand;
    if (hand === undefined) return [];
    if (this.#link !== undefined) return hand.remove(this.#link.takeBack(hand.unstarted) ?? []);
    const jobs = hand.unfinished;
    this.#empty();
    return jobs;
  }

  /** Sends jobs to the worker, which is idle. */
  send(jobs: PoolJob[]): void {
    const link = this.#link!;
    batches += 1;
    this.#batch = batches;
    const hand = new Hand(jobs, this.#presence!.lane, !this.#isRemote && link.ready > 0);
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
    if (runTimeout === undefined || this.#isRemote) return;
    this.#stopWatch = watchOvertime(first, runTimeout, {
      isAt: (job) => this.#hand?.running === job,
      began: () => this.#link?.began(hand.reported),
      end: () => this.#end(hand.reported),
    });
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
    this.#leave(false);
    // Nobody's task can carry this error, and it must not vanish. (A process has printed its own.)
    if (hand === undefined && death.cause !== undefined) process.emitWarning(death);
    let unfinished = hand?.unfinished ?? [];
    // One that began nothing may have died of the message: given to others whole, it would end them all.
    const at = link.at() ?? -1;
    const running = at < 0 ? hand?.running : hand?.at(at);
    if ((begun ?? !this.#ending) && running !== undefined && !running.over) {
      unfinished = unfinished.filter((job) => job !== running);
      const who = `${this.#presence!.lane}, which ran '${running.call.name}',`;
      const error = new WorkerDied(who, death.exitCode, death.signal, death.cause);
      const time = now();
      running.finish(false, error, running.started, time, time);
    }
    this.#owner.back(unfinished);
    this.#owner.gone(this);
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
    this.#stopWatch?.();
    clearTimeout(this.#chaser);
    this.#stopWatch = undefined;
    this.#chaser = undefined;
    this.#hand = undefined;
  }

  #leave(ok: boolean): void {
    this.#presence!.leave(ok);
    this.#known.clear();
  }
}
