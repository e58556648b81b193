import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Gate } from './allow.ts';
import { answerBytes } from './answer.ts';
import { readControl } from './control.ts';
import { Errand } from './errand.ts';
import type { Host, HostOptions } from './host.ts';
import { keepChildren } from './keeper.ts';
import { type News, newsChannel } from './news.ts';
import { type Parcel, pack, unpack } from './parcel.ts';
import { Pulse, type Tally } from './pulse.ts';
import { Refused } from './seal.ts';
import { lastErrorOf } from './settings.ts';
import type { Station } from './station.ts';
import { batchFrom, controlChannel } from './wire.ts';

/** Ms for which it is remembered what was said of a job that has not come yet. */
const memory = 10_000;
/** Ms after which the caller is told that a job has begun, if it is not over. */
const soon = 5;
/** Ms that the server has to take the last answers. */
const patience = 2000;

/** See `startHost`: a BullMQ worker whose jobs run in the processes of its stations. */
export class ClusterHost implements Host {
  readonly id = randomUUID();
  readonly name: string;
  readonly #options: HostOptions;
  readonly #gate: Gate;
  readonly #redis: Redis;
  /** The connection by which it hears what callers say. */
  readonly #ear: Redis;
  readonly #stations: readonly Station[];
  readonly #free: Station[];
  readonly #errands = new Map<string, Errand>();
  /** The seals of their jobs. */
  readonly #seals = new Map<string, string>();
  /** Tasks that nobody wants of jobs that are not here yet, by seal or id. */
  readonly #said = new Map<string, readonly number[]>();
  readonly #pulse: Pulse;
  readonly #keeper = keepChildren();
  readonly #watch: NodeJS.Timeout;
  #worker: Worker | undefined;
  #bull: typeof import('bullmq') | undefined;
  #running = 0;
  #done = 0;
  #failed = 0;
  #refused = 0;
  #ended: Promise<void> | undefined;

  constructor(
    options: HostOptions & { readonly name: string },
    gate: Gate,
    stations: readonly Station[],
    redis: Redis,
    ear: Redis,
  ) {
    const { concurrency, name } = options;
    this.#options = options;
    this.#gate = gate;
    this.#redis = redis;
    this.#ear = ear;
    this.name = name;
    this.#stations = stations;
    this.#free = [...stations];
    const who = { id: this.id, name, host: hostname(), pid: process.pid, concurrency };
    this.#pulse = new Pulse(redis, ear, options, who, () => this.#tally);
    this.#watch = setInterval(() => this.#keeper.tell(), 500);
  }

  get stats(): Tally & { readonly rate: number } {
    return { ...this.#tally, rate: this.#pulse.rate };
  }

  get trouble(): Error | undefined {
    return this.#redis.status === 'ready' ? undefined : lastErrorOf(this.#redis);
  }

  async start(bull: typeof import('bullmq')): Promise<void> {
    this.#keeper.tell();
    await Promise.all([this.#listen(), this.#pulse.start()]);
    const { queue, prefix, lockMs, stalledMs, attempts, concurrency } = this.#options;
    this.#bull = bull;
    this.#worker = new bull.Worker(queue, (job: Job) => this.#take(job), {
      connection: this.#redis,
      prefix,
      concurrency,
      name: this.name,
      lockDuration: lockMs,
      stalledInterval: stalledMs,
      // The first begin is none of the times that it is begun again.
      maxStalledCount: attempts - 1,
      runRetryDelay: 500,
    });
    // What concerns the connection is told by `trouble`; a job whose lock is lost runs elsewhere.
    this.#worker.on('error', () => {});
    await this.#worker.waitUntilReady();
  }

  drain(): Promise<void> {
    this.#ended ??= this.#end();
    for (const errand of this.#errands.values()) errand.withdrawAll();
    return this.#ended;
  }

  close(): Promise<void> {
    this.#ended ??= this.#end();
    for (const errand of this.#errands.values()) errand.leave();
    return this.#ended;
  }

  get #tally(): Tally {
    let [done, failed] = [this.#done, this.#failed];
    for (const { counts } of this.#errands.values()) {
      done += counts.done;
      failed += counts.failed;
    }
    return { running: this.#running, done, failed, refused: this.#refused };
  }

  async #end(): Promise<void> {
    clearInterval(this.#watch);
    try {
      // With the server out of reach there is nobody to answer to: others find the jobs by their locks.
      if (this.#redis.status === 'ready') {
        await this.#worker?.close();
        await Promise.race([this.#pulse.stop(), sleep(patience, undefined, { ref: false })]);
      } else {
        await this.#worker?.close(true);
        await this.#pulse.stop();
      }
    } finally {
      await Promise.all(this.#stations.map((station) => station.close()));
      this.#keeper.close();
      this.#redis.disconnect();
      this.#ear.disconnect();
    }
  }

  /** Runs what a job brings, and gives the sealed outcome. */
  async #take(job: Job): Promise<Parcel> {
    const id = job.id!;
    this.#running += 1;
    const station = this.#free.pop()!;
    const begun = setTimeout(() => this.#tell({ id }), soon);
    try {
      const bytes = await unpack(this.#redis, this.#options, { kind: 'task', id }, job.data as Parcel);
      const errand = new Errand(this.#gate.admit(batchFrom(bytes)), station, this.#options.attempts);
      this.#errands.set(id, errand);
      const of = (job.data as Parcel).seal;
      this.#seals.set(id, of);
      const said = this.#said.get(of) ?? this.#said.get(id);
      if (said !== undefined) errand.drop(said);
      // It came while this worker was told to end.
      if (this.#ended !== undefined) errand.withdrawAll();
      const outcome = await errand.run();
      const { done, failed } = errand.counts;
      this.#errands.delete(id);
      this.#done += done;
      this.#failed += failed;
      const answer = answerBytes(outcome, this.#options);
      const parcel = await pack(this.#redis, this.#options, { kind: 'result', id }, answer);
      this.#tell({ id, answer: parcel });
      return parcel;
    } catch (error) {
      const { message } = error as Error;
      this.#tell({ id, failed: message });
      if (error instanceof Refused) this.#refuse(error);
      // Tried again it would be no better.
      throw new this.#bull!.UnrecoverableError(message);
    } finally {
      clearTimeout(begun);
      this.#errands.delete(id);
      this.#seals.delete(id);
      this.#free.push(station);
      this.#running -= 1;
    }
  }

  /**
   * Tells the caller by itself, before the server is told that the job is over: who sends one task after another waits
   * a quarter less than for the server's events.
   */
  #tell(news: News): void {
    // Whom the server does not reach now, finds it in the job.
    if (this.#redis.status !== 'ready') return;
    this.#redis.publish(newsChannel(this.#options, news.id), JSON.stringify(news)).catch(() => {});
  }

  async #listen(): Promise<void> {
    this.#ear.on('message', (_, text: string) => this.#hear(text));
    await this.#ear.subscribe(controlChannel(this.#options));
  }

  #hear(text: string): void {
    try {
      const { id, of, withdraw } = readControl(this.#options, text);
      const errand = this.#errands.get(id);
      if (errand !== undefined && (of === undefined || this.#seals.get(id) === of)) errand.drop(withdraw);
      else {
        const job = of ?? id;
        this.#said.set(job, withdraw);
        setTimeout(() => this.#said.delete(job), memory).unref();
      }
    } catch (error) {
      this.#refuse(error as Error);
    }
  }

  #refuse({ message }: Error): void {
    this.#refused += 1;
    this.#options.log?.(message);
  }
}
