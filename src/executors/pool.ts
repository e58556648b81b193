import { shipFunction, shipValue } from '../shipping/index.ts';
import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import type { Backend } from './backend.ts';
import type { Engine } from './engine.ts';
import { BrokenExecutor } from './errors.ts';
import type { TaskOptions } from './executor.ts';
import type { PoolCall, PoolJob } from './hand.ts';
import { type Call, cancelled, Job } from './job.ts';
import { JobQueue } from './job-queue.ts';
import { largestChunk, Pace } from './pace.ts';
import { Slot, type SlotOwner } from './slot.ts';

/** Ms after which a batch is thought too long, so that workers with nothing to do take from it. */
const shareAfter = 8;

type Fn = (...args: never[]) => unknown;

/** Runs in every worker of a pool before its first task. */
export interface Initializer {
  readonly fn: Fn;
  readonly args: readonly unknown[];
}

/** What a pool is made with beside its workers. */
export interface PoolSettings {
  readonly initializer?: Initializer | undefined;
  /** Tasks after which a worker is replaced. */
  readonly maxTasksPerChild?: number | undefined;
}

/** A queue of tasks and the workers that take from it: what the thread pool and the process pool share. */
export class Pool implements Backend, SlotOwner {
  readonly workers: number;
  readonly #kind: 'thread' | 'process';
  readonly #slots: Slot[];
  readonly #initializer: Initializer | undefined;
  readonly #mostTasks: number;
  readonly #paces = new WeakMap<Fn, Pace>();
  readonly #queue = new JobQueue<PoolJob>();
  /** Slots whose worker is being started or ended; such a slot gets no work though it may be idle. */
  readonly #starting = new Map<Slot, Promise<void>>();
  /** Slots whose worker runs. */
  readonly #open = new Set<Slot>();
  #planned = false;
  #shareTimer: NodeJS.Timeout | undefined;
  /** The calls made in this turn, so that a loop of submits asks for the function's shipment once. */
  #turn = new Map<Fn, PoolCall>();
  #broken: BrokenExecutor | undefined;
  #whenIdle: (() => void) | undefined;
  #offInterrupt: (() => void) | undefined;
  #interrupts = 0;

  constructor(workers: number, newEngine: () => Engine, { initializer, maxTasksPerChild }: PoolSettings) {
    this.workers = workers;
    this.#initializer = initializer;
    this.#mostTasks = maxTasksPerChild ?? Number.POSITIVE_INFINITY;
    const engines = Array.from({ length: workers }, newEngine);
    this.#kind = engines[0]!.kind;
    this.#slots = engines.map((engine) => new Slot(engine, this));
  }

  prepare(fn: Fn, options: TaskOptions & { readonly chunksize?: number }): PoolCall {
    if (this.#broken !== undefined) throw this.#broken;
    const { name, runTimeout, transfer, transferResult, chunksize } = options;
    if ((transfer ?? transferResult) !== undefined && this.#kind === 'process') {
      throw new TypeError('memory moves between threads only; to and from a process it is copied: leave transfer out');
    }
    let call = this.#turn.get(fn);
    if (call === undefined) {
      const pace = this.#paces.get(fn) ?? new Pace();
      this.#paces.set(fn, pace);
      const shipment = shipFunction(fn, this.#kind);
      call = { name: shipment.name, shipment, pace };
      this.#turn.set(fn, call);
      this.#plan();
    }
    const special = [name, runTimeout, transfer, transferResult, chunksize].some((option) => option !== undefined);
    if (!special) return call;
    return { ...call, name: name ?? call.name, runTimeout, transfer, transferResult, chunksize };
  }

  add(job: PoolJob): void {
    if (this.#broken !== undefined) throw this.#broken;
    this.#ship(job);
    this.#queue.push(job);
    this.#offInterrupt ??= host()?.onInterrupt(() => this.#interrupt());
    this.#plan();
  }

  ahead(call: Call): number {
    const { chunksize, pace } = call as PoolCall;
    return 2 * this.workers * (alone(call) ? 1 : (chunksize ?? pace.chunk));
  }

  cancel(job: PoolJob): boolean {
    // A job that no message has brought anywhere is in the queue.
    const slot = job.message === 0 ? undefined : this.#slots.find((each) => each.unfinished.includes(job));
    this.#plan();
    if (slot !== undefined) return slot.cancel(job);
    job.abandon(cancelled(job.call.name, job.reason), now());
    return true;
  }

  cancelWaiting(): void {
    for (const job of this.#queue.drain()) job.abandon(cancelled(job.call.name, job.reason), now());
    for (const slot of this.#open) slot.cancelWaiting();
    this.#plan();
  }

  async warmUp(): Promise<void> {
    for (const slot of this.#slots) this.#start(slot);
    await Promise.all(this.#starting.values());
    if (this.#broken !== undefined) throw this.#broken;
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

  #ship(job: PoolJob): void {
    const { args } = job;
    const { transfer } = job.call;
    const moved: unknown[] = transfer === undefined ? [] : [...transfer];
    let shippedArgs: unknown[] | undefined;
    for (let index = 0; index < args.length; index += 1) {
      const arg = args[index];
      if ((typeof arg !== 'object' || arg === null) && typeof arg !== 'function' && typeof arg !== 'symbol') continue;
      const list = this.#kind === 'thread' ? moved : undefined;
      const shipped = shipValue(arg, this.#kind, list, `args[${index}]`);
      if (shipped === arg) continue;
      shippedArgs ??= [...args];
      shippedArgs[index] = shipped;
    }
    if (shippedArgs !== undefined) {
      job.args = shippedArgs;
      job.shipped = true;
    }
    if (moved.length > 0) job.transfer = moved;
  }

  // What is submitted in one turn is sent together at its end.
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#turn.clear();
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const slot of this.#open) {
      if (this.#queue.peek() === undefined) break;
      if (slot.idle) slot.send(this.#take(this.#mostTasks - slot.tasks));
    }
    const waiting = this.#queue.peek() === undefined ? 0 : this.#queue.length;
    for (const slot of this.#slots) {
      if (waiting <= this.#starting.size) break;
      this.#start(slot);
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

  /** Jobs for one message: as many as the first asks for, or as together should take long enough to pay for it. */
  #take(most: number): PoolJob[] {
    const first = this.#queue.shift()!;
    const jobs = [first];
    if (alone(first.call)) return jobs;
    const { chunksize } = first.call;
    const share = Math.ceil((this.#queue.length + 1) / this.workers);
    const limit = Math.min(largestChunk, most, chunksize ?? share);
    let ms = first.call.pace.each;
    while (jobs.length < limit) {
      const next = this.#queue.peek();
      if (next === undefined || alone(next.call) || next.call.chunksize !== chunksize) break;
      if (chunksize === undefined && Pace.full(ms)) break;
      ms += next.call.pace.each;
      jobs.push(next);
      this.#queue.shift();
    }
    return jobs;
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

  #start(slot: Slot): void {
    if (this.#open.has(slot) || this.#starting.has(slot) || this.#broken !== undefined) return;
    const interrupts = this.#interrupts;
    const started = slot
      .start()
      .then(() => this.#initialise(slot))
      .then(
        () => this.#open.add(slot),
        (error: unknown) => {
          // An interrupt may end a worker that is just starting; the next task starts it again.
          if (interrupts === this.#interrupts) this.#break(error);
        },
      )
      .then(() => {
        this.#starting.delete(slot);
        this.#dispatch();
      });
    this.#starting.set(slot, started);
  }

  async #initialise(slot: Slot): Promise<void> {
    if (this.#initializer === undefined) return;
    const { fn, args } = this.#initializer;
    const job = new InitJob(this.prepare(fn, {}), args, this, now());
    this.#ship(job as Job as PoolJob);
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
    const time = now();
    for (const job of this.#queue.drain()) job.finish(false, this.#broken, 0, 0, time);
  }

  #interrupt(): void {
    this.#interrupts += 1;
    this.cancelWaiting();
    for (const slot of this.#open) for (const job of slot.unfinished) slot.cancel(job);
  }
}

/** The initializer in one worker. */
class InitJob extends Job {
  onSettled: () => void = () => {};

  protected settled(): void {
    this.onSettled();
  }
}

/** A task that travels alone, so that ending it or moving its memory concerns no other. */
function alone(call: Call): boolean {
  return call.runTimeout !== undefined || call.transfer !== undefined || call.transferResult === true;
}
