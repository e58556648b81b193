import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import type { Backend } from './backend.ts';
import { Calls, type Fn } from './calls.ts';
import { alone, takeChunk } from './chunk.ts';
import type { Engine } from './engine.ts';
import { BrokenExecutor, CancelledError } from './errors.ts';
import type { TaskOptions } from './executor.ts';
import type { PoolCall, PoolJob } from './hand.ts';
import { type Call, cancelled, Job } from './job.ts';
import { JobQueue } from './job-queue.ts';
import { Slot, type SlotOwner } from './slot.ts';

/** Ms after which a batch is thought too long, so that workers with nothing to do take from it. */
const shareAfter = 8;

/** Runs in every worker of a pool before its first task. */
interface Initializer {
  readonly fn: Fn;
  readonly args: readonly unknown[];
}

/** What a pool is made with beside its workers. */
export interface PoolSettings {
  readonly initializer?: Initializer | undefined;
  /** Tasks after which a worker is replaced. */
  readonly maxTasksPerChild?: number | undefined;
  /** Messages under way per worker, where a slot stands for a message and not for a worker; 1 by default. */
  readonly messages?: number | undefined;
}

/** A queue of tasks and the workers that take from it: what the thread pool and the process pool share. */
export class Pool implements Backend, SlotOwner {
  readonly workers: number;
  readonly #calls: Calls;
  readonly #slots: Slot[];
  readonly #initializer: Initializer | undefined;
  readonly #mostTasks: number;
  readonly #queue = new JobQueue<PoolJob>();
  /** Slots whose worker is being started or ended; such a slot gets no work though it may be idle. */
  readonly #starting = new Map<Slot, Promise<void>>();
  /** Slots whose worker runs. */
  readonly #open = new Set<Slot>();
  #planned = false;
  #shareTimer: NodeJS.Timeout | undefined;
  #broken: BrokenExecutor | undefined;
  #whenIdle: (() => void) | undefined;
  #offInterrupt: (() => void) | undefined;
  #interrupts = 0;

  constructor(workers: number, newEngine: () => Engine, { initializer, maxTasksPerChild, messages = 1 }: PoolSettings) {
    this.workers = workers;
    this.#initializer = initializer;
    this.#mostTasks = maxTasksPerChild ?? Number.POSITIVE_INFINITY;
    const engines = Array.from({ length: workers * messages }, newEngine);
    this.#calls = new Calls(engines[0]!.kind);
    this.#slots = engines.map((engine) => new Slot(engine, this));
  }

  prepare(fn: Fn, options: TaskOptions & { readonly chunksize?: number }): PoolCall {
    if (this.#broken !== undefined) throw this.#broken;
    this.#plan();
    return this.#calls.prepare(fn, options);
  }

  add(job: PoolJob): void {
    if (this.#broken !== undefined) throw this.#broken;
    this.#calls.ship(job);
    this.#queue.push(job);
    this.#heed();
    this.#plan();
  }

  ahead(call: Call): number {
    const { chunksize, pace } = call as PoolCall;
    return 2 * this.#slots.length * (alone(call) ? 1 : (chunksize ?? pace.chunk));
  }

  cancel(job: PoolJob): boolean {
    // A job that no message has brought anywhere is in the queue.
    const slot = job.message === 0 ? undefined : this.#slots.find((each) => each.has(job));
    this.#plan();
    if (slot !== undefined) return slot.cancel(job);
    job.abandon(cancelled(job.call.name, job.reason), now());
    return true;
  }

  cancelWaiting(): void {
    for (const job of this.#queue.drain()) job.abandon(cancelled(job.call.name, job.reason), now());
    for (const slot of this.#slots) slot.cancelWaiting();
    this.#plan();
  }

  async warmUp(): Promise<void> {
    const interrupts = this.#interrupts;
    for (const slot of this.#slots) this.#start(slot);
    await Promise.all(this.#starting.values());
    if (this.#broken !== undefined) throw this.#broken;
    if (interrupts !== this.#interrupts && this.#open.size < this.#slots.length) {
      throw new CancelledError('warmUp was interrupted before all workers were ready: call it again, or submit tasks');
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      this.#plan();
    });
    clearTimeout(this.#shareTimer);
    await Promise.all(this.#slots.map((slot) => slot.close()));
    this.#open.clear();
  }

  free(slot: Slot): void {
    if (this.#open.has(slot) && slot.tasks >= this.#mostTasks) this.#recycle(slot);
    else this.#dispatch();
  }

  gone(slot: Slot): void {
    this.#open.delete(slot);
    this.#dispatch();
  }

  back(jobs: readonly PoolJob[]): void {
    for (const job of jobs) job.requeue();
    this.#queue.unshift(jobs);
    this.#plan();
  }

  #heed(): void {
    this.#offInterrupt ??= host()?.onInterrupt(() => this.#interrupt());
  }

  // What is submitted in one turn is sent together at its end.
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#calls.forget();
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const slot of this.#open) {
      if (this.#queue.peek() === undefined) break;
      if (slot.idle) slot.send(takeChunk(this.#queue, this.#slots.length, this.#mostTasks - slot.tasks));
    }
    if (this.#queue.peek() === undefined) this.#hasten();
    // What the last worker that there will be gave back.
    if (this.#broken !== undefined && this.#open.size + this.#starting.size === 0) this.#failWaiting(this.#broken);
    const waiting = this.#queue.peek() === undefined ? 0 : this.#queue.length;
    // Those that are being started and will be free.
    let coming = [...this.#starting.keys()].filter((slot) => !slot.early).length;
    for (const slot of this.#slots) {
      if (waiting <= coming) break;
      if (this.#start(slot)) coming += 1;
    }
    if (waiting > 0 || this.#starting.size > 0) return;
    const idle = [...this.#open].filter((slot) => slot.idle).length;
    if (idle < this.#open.size) {
      if (idle > 0) this.#shareSoon();
      return;
    }
    this.#offInterrupt?.();
    this.#offInterrupt = undefined;
    this.#whenIdle?.();
  }

  /** Workers with nothing to do take from batches that turn out long; asks again as long as there is something. */
  #shareSoon(): void {
    this.#shareTimer ??= setTimeout(() => {
      this.#shareTimer = undefined;
      const more = [...this.#open].filter((slot) => slot.share(shareAfter));
      if (more.length > 0) this.#shareSoon();
    }, shareAfter).unref();
  }

  /** Ends a worker that has done its number of tasks; the next one starts when there is work for it. */
  #recycle(slot: Slot): void {
    this.#open.delete(slot);
    const gone = slot.close().then(() => {
      this.#starting.delete(slot);
      this.#dispatch();
    });
    this.#starting.set(slot, gone);
  }

  /** What lies with a worker that is not ready goes to one that has nothing to do. */
  #hasten(): void {
    if (![...this.#open].some((slot) => slot.idle)) return;
    for (const slot of this.#starting.keys()) {
      const jobs = slot.early ? slot.giveUp() : [];
      if (jobs.length === 0) continue;
      this.back(jobs);
      return;
    }
  }

  /** @returns whether it was started */
  #start(slot: Slot): boolean {
    if (this.#open.has(slot) || this.#starting.has(slot) || this.#broken !== undefined) return false;
    this.#heed();
    const interrupts = this.#interrupts;
    const started = slot
      .start(() => this.#early(slot))
      .then(() => (slot.connected ? this.#initialise(slot) : undefined))
      .then(
        () => {
          if (slot.connected) this.#open.add(slot);
        },
        (error: unknown) => {
          this.back(slot.giveUp());
          // An interrupt may end a worker that is just starting; the next task starts it again.
          if (interrupts === this.#interrupts) this.#break(error);
          return slot.close();
        },
      )
      .then(() => {
        this.#starting.delete(slot);
        this.#dispatch();
      });
    this.#starting.set(slot, started);
    return true;
  }

  /** What a worker gets before it is ready, unless an initializer must come first. */
  #early(slot: Slot): PoolJob[] {
    if (this.#initializer !== undefined || this.#queue.peek() === undefined) return [];
    return takeChunk(this.#queue, this.#slots.length, this.#mostTasks - slot.tasks);
  }

  async #initialise(slot: Slot): Promise<void> {
    if (this.#initializer === undefined) return;
    const { fn, args } = this.#initializer;
    const job = new InitJob(this.prepare(fn, {}), args, this, now());
    this.#calls.ship(job as Job as PoolJob);
    await new Promise<void>((resolve, reject) => {
      job.onSettled = () => (job.state === 'finished' ? resolve() : reject(job.outcome));
      slot.send([job as Job as PoolJob]);
    });
    slot.tasks = 0;
  }

  /** No worker can be had: every task that waits fails, and so does every later one. */
  #break(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.#broken ??= new BrokenExecutor(`a worker of this executor could not start: ${why}`, { cause });
    this.#failWaiting(this.#broken);
  }

  #failWaiting(error: BrokenExecutor): void {
    const time = now();
    for (const job of this.#queue.drain()) job.finish(false, error, 0, 0, time);
  }

  #interrupt(): void {
    this.#interrupts += 1;
    this.cancelWaiting();
    for (const slot of this.#slots) for (const job of slot.unfinished) slot.cancel(job);
  }
}

/** The initializer in one worker. */
class InitJob extends Job {
  onSettled: () => void = () => {};

  protected settled(): void {
    this.onSettled();
  }
}
