import { randomBytes } from 'node:crypto';
import type { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { BrokenExecutor } from '../errors.ts';
import { controlText } from './control.ts';
import { Message, otherTask, type Receiver } from './message.ts';
import { dataKey, type Parcel, pack, unpack } from './parcel.ts';
import { type ClusterSettings, connect, lastErrorOf, shownUrl } from './settings.ts';
import { controlChannel, jobName, outcomeFrom } from './wire.ts';

/** Ms between two looks for outcomes whose events did not come. */
const sweepEvery = 1000;
/** Ms without an answer after which a connection is thought dead. */
const silence = 5000;
/** Ms that the server has to answer for the first time. */
const patience = 10_000;

/** A job's data: its parcel, and of one with a key also what tells whether it is the same task. */
interface JobData extends Parcel {
  readonly print?: string | undefined;
}

/**
 * A caller's connection to its cluster: sends messages, and hears what became of them, each once.
 *
 * Invariant: a message is in `#messages` from `send` until its receiver was told the outcome.
 */
export class Client {
  readonly settings: ClusterSettings;
  readonly #redis: Redis;
  readonly #eventsRedis: Redis;
  readonly #queue: Queue<JobData, Parcel>;
  readonly #events: QueueEvents;
  readonly #messages = new Map<string, Message>();
  /** What is to be done in the server though nobody waits for it. */
  readonly #chores = new Set<Promise<unknown>>();
  readonly #name = randomBytes(9).toString('base64url');
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;
  #sweptAt = 0;
  #isSweeping = false;

  private constructor(settings: ClusterSettings, redis: Redis, eventsRedis: Redis, bull: typeof import('bullmq')) {
    this.settings = settings;
    this.#redis = redis;
    this.#eventsRedis = eventsRedis;
    const { prefix, queue } = settings;
    this.#queue = new bull.Queue(queue, { connection: redis, prefix });
    this.#events = new bull.QueueEvents(queue, { connection: eventsRedis, prefix, lastEventId: '$' });
    this.#queue.on('error', () => {});
    this.#events.on('error', () => {});
    this.#events.on('active', ({ jobId }) => this.#messages.get(jobId)?.begun());
    this.#events.on('completed', ({ jobId, returnvalue }) => {
      void this.#completed(jobId, returnvalue as unknown as Parcel);
    });
    this.#events.on('failed', ({ jobId, failedReason }) => this.#failed(jobId, failedReason));
    // What was answered while the connection was down is found at once.
    eventsRedis.on('ready', () => void this.#sweep());
  }

  /** @throws BrokenExecutor when the server does not answer, or does not let us in */
  static async open(settings: ClusterSettings): Promise<Client> {
    const [bull, redis, eventsRedis] = await Promise.all([import('bullmq'), connect(settings), connect(settings)]);
    for (const each of [redis, eventsRedis]) {
      // What keeps a program alive is a task under way, not a connection; see `hold` of the link.
      each.on('connect', () => each.stream.unref());
    }
    let client: Client | undefined;
    try {
      await answered(redis, settings);
      client = new Client(settings, redis, eventsRedis, bull);
      await client.#events.waitUntilReady();
      return client;
    } catch (error) {
      redis.disconnect();
      eventsRedis.disconnect();
      throw error;
    }
  }

  get redis(): Redis {
    return this.#redis;
  }

  get queue(): Queue {
    return this.#queue;
  }

  /** A new id for a message. */
  nextId(): string {
    this.#sent += 1;
    return `${this.#name}-${this.#sent}`;
  }

  /** Sends a batch of `count` tasks. With `print`, under an id that may be in the cluster already: see `keyedId`. */
  send(id: string, bytes: Buffer, receiver: Receiver, print?: string): void {
    const known = this.#messages.get(id);
    if (known !== undefined) {
      known.join(receiver, print);
      return;
    }
    const message = new Message(id, bytes, receiver, print);
    this.#messages.set(id, message);
    this.#timer ??= setInterval(() => void this.#sweep(), sweepEvery).unref();
    message.sending = this.#put(message);
  }

  /** Asks not to begin the tasks `indices` of a message, and to end the one of them that runs. */
  withdraw(id: string, receiver: Receiver, indices: readonly number[]): void {
    const message = this.#messages.get(id);
    if (message === undefined || message.leaves(receiver)) return;
    for (const index of indices) message.unwanted.add(index);
    if (message.isCalling) return;
    message.isCalling = true;
    // A loop that cancels many tasks sends one message.
    queueMicrotask(() => this.#do(message.sending.then(() => this.#callBack(message, false))));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#messages.clear();
    if (this.#redis.status === 'ready') await Promise.allSettled(this.#chores);
    await Promise.allSettled([this.#events.close(), this.#queue.close()]);
    this.#eventsRedis.disconnect();
    this.#redis.disconnect();
  }

  async #put(message: Message): Promise<void> {
    const { id, bytes, print } = message;
    try {
      const parcel = await pack(this.#redis, this.settings, { kind: 'task', id }, bytes);
      const age = Math.ceil(this.settings.expiresMs / 1000);
      const data = print === undefined ? parcel : { ...parcel, print };
      const options = { jobId: id, attempts: 1, removeOnComplete: { age }, removeOnFail: { age } };
      await this.#queue.add(jobName, data, options);
      message.isThere = true;
      if (print !== undefined) await this.#look(message);
    } catch (error) {
      if (this.#messages.delete(id)) message.failed(error as Error);
    }
  }

  async #completed(id: string, parcel: Parcel): Promise<void> {
    const message = this.#messages.get(id);
    if (message === undefined || message.isReading) return;
    message.isReading = true;
    try {
      const outcome = outcomeFrom(await unpack(this.#redis, this.settings, { kind: 'result', id }, parcel));
      if (!this.#messages.has(id)) return;
      // A task that was called back has no result to be kept: it may be sent again under its key.
      const isKept = message.print !== undefined && message.unwanted.size === 0 && !outcome.times.some(Number.isNaN);
      if (!isKept) this.#remove(id, parcel.ref);
      this.#messages.delete(id);
      message.settled(outcome);
    } catch (error) {
      if (this.#messages.delete(id)) message.failed(error as Error);
    }
  }

  #failed(id: string, reason: string): void {
    const message = this.#messages.get(id);
    if (message === undefined || message.isReading || !this.#messages.delete(id)) return;
    // What failed is not kept: who comes back tries again.
    this.#remove(id);
    if (/stalled more than/.test(reason)) message.vanished(reason);
    else message.failed(new BrokenExecutor(reason));
  }

  /** Nobody will ask for it any more. */
  #remove(id: string, resultRef?: string): void {
    this.#do(this.#queue.remove(id));
    const refs = resultRef === undefined ? [] : [resultRef];
    this.#do(this.#redis.unlink(dataKey(this.settings, { kind: 'task', id }), ...refs));
  }

  #do(chore: Promise<unknown>): void {
    const done = chore.catch(() => {}).finally(() => this.#chores.delete(done));
    this.#chores.add(done);
  }

  /**
   * Takes a message back as a whole if it waits, else tells the worker that has it.
   *
   * @param again true when that was tried before
   */
  async #callBack(message: Message, again: boolean): Promise<void> {
    const { id } = message;
    const state = await this.#queue.getJobState(id);
    message.isCalling = false;
    // One that is active has a lock, unless its worker vanished: then nobody else would answer.
    const mayRemove = state === 'waiting' || state === 'prioritized' || (state === 'active' && again);
    if (mayRemove && (await this.#queue.remove(id)) === 1) {
      if (this.#messages.delete(id)) message.withdrawn();
    } else if (this.#messages.has(id)) {
      const text = controlText(this.settings, { id, withdraw: [...message.unwanted] });
      await this.#redis.publish(controlChannel(this.settings), text);
    }
  }

  /** Asks for the outcomes that did not come by themselves, so that a missed event loses nothing. */
  async #sweep(): Promise<void> {
    if (this.#messages.size === 0) return;
    if (this.#isSweeping) {
      // A connection that was cut without a word: what was asked by it is asked again by the next.
      if (performance.now() - this.#sweptAt > silence && this.#redis.status === 'ready') {
        this.#sweptAt = performance.now();
        this.#redis.disconnect(true);
      }
      return;
    }
    this.#isSweeping = true;
    this.#sweptAt = performance.now();
    try {
      await Promise.all([...this.#messages.values()].map((message) => this.#look(message)));
    } catch {
      // Asked again soon.
    } finally {
      this.#isSweeping = false;
    }
  }

  async #look(message: Message): Promise<void> {
    if (!message.isThere) return;
    const { id, print } = message;
    const job = await this.#queue.getJob(id);
    if (!this.#messages.has(id)) return;
    if (job === undefined) {
      // The server lost it. Twice, as it may have been removed by another caller of the same key just now.
      message.missed += 1;
      if (message.missed < 2) return;
      message.missed = 0;
      message.isThere = false;
      message.sending = this.#put(message);
      return;
    }
    if (job.data.print !== print) {
      this.#messages.delete(id);
      message.failed(otherTask());
    } else if (job.finishedOn === undefined) {
      if (message.unwanted.size > 0) await this.#callBack(message, true);
    } else if (job.failedReason) this.#failed(id, job.failedReason);
    else await this.#completed(id, job.returnvalue);
  }
}

async function answered(redis: Redis, settings: ClusterSettings): Promise<void> {
  if (redis.status === 'ready') return;
  let timer: NodeJS.Timeout | undefined;
  let refuse: ((error: Error) => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      redis.once('ready', () => resolve());
      refuse = (error) => {
        if (/NOAUTH|WRONGPASS|NOPERM|certificate/i.test(error.message)) reject(unreachable(settings, error));
      };
      redis.on('error', refuse);
      timer = setTimeout(() => reject(unreachable(settings, lastErrorOf(redis))), patience);
    });
  } finally {
    clearTimeout(timer);
    if (refuse !== undefined) redis.off('error', refuse);
  }
}

function unreachable(settings: ClusterSettings, cause: Error | undefined): BrokenExecutor {
  const why = cause?.message || (cause as NodeJS.ErrnoException | undefined)?.code || 'it does not answer';
  return new BrokenExecutor(`no connection to the server ${shownUrl(settings.url)}: ${why}`, { cause });
}
