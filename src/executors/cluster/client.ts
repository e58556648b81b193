import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { BrokenExecutor } from '../errors.ts';
import { Chores } from './chores.ts';
import { controlText } from './control.ts';
import { Message, otherTask, type Receiver } from './message.ts';
import { newsChannel, readNews } from './news.ts';
import { Lost, type Parcel, pack, saysLost, unpack } from './parcel.ts';
import { reach } from './reach.ts';
import type { ClusterSettings } from './settings.ts';
import { controlChannel, jobName, outcomeFrom } from './wire.ts';

/** Ms between two looks for outcomes of which no news came. */
const sweepEvery = 1000;
/** Ms without an answer after which a connection is thought dead. */
const silence = 5000;
/** Ms that the last chores may take. */
const patience = 2000;

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
  readonly redis: Redis;
  readonly queue: Queue<JobData, Parcel>;
  /** The connection by which it hears what workers say. */
  readonly #ear: Redis;
  readonly #messages = new Map<string, Message>();
  readonly #chores: Chores;
  readonly #name = randomBytes(9).toString('base64url');
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;
  #sweptAt = 0;
  #isSweeping = false;

  private constructor(settings: ClusterSettings, redis: Redis, ear: Redis, bull: typeof import('bullmq')) {
    this.settings = settings;
    this.redis = redis;
    this.#ear = ear;
    const { prefix, queue } = settings;
    this.queue = new bull.Queue(queue, { connection: redis, prefix });
    this.queue.on('error', () => {});
    this.#chores = new Chores(redis, this.queue);
    ear.on('message', (_, text: string) => this.#hear(text));
    // What was answered while the connection was down is found at once.
    ear.on('ready', () => void this.#sweep());
  }

  /** @throws BrokenExecutor when the server does not answer, or does not let us in */
  static async open(settings: ClusterSettings): Promise<Client> {
    const bull = await import('bullmq');
    const [redis, ear] = await bothOf(reach(settings), reach(settings));
    const client = new Client(settings, redis, ear, bull);
    try {
      await ear.subscribe(newsChannel(settings, client.nextId()), newsChannel(settings));
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** A new id for a message. */
  nextId(): string {
    this.#sent += 1;
    return `${this.#name}.${this.#sent}`;
  }

  /** Sends a batch. With `print`, under an id that may be in the cluster already: see `keyedId`. */
  send(id: string, bytes: Buffer, receiver: Receiver, print?: string): void {
    const known = this.#messages.get(id);
    if (known !== undefined) {
      if (known.unwanted.size === 0) known.join(receiver, print);
      else known.follow(receiver, () => this.send(id, bytes, receiver, print));
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
    queueMicrotask(() => void this.#chores.do(message.sending.then(() => this.#callBack(message, false))));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#messages.clear();
    for (let times = 0; times < 2; times += 1) this.#chores.tidy();
    // A network that was cut says nothing.
    const late = sleep(patience, undefined, { ref: false });
    if (this.redis.status === 'ready') await Promise.race([this.#chores.done(), late]);
    await this.queue.close().catch(() => {});
    this.#ear.disconnect();
    this.redis.disconnect();
  }

  async #put(message: Message): Promise<void> {
    const { id, bytes, print } = message;
    try {
      const parcel = await pack(this.redis, this.settings, { kind: 'task', id }, bytes);
      message.ref = parcel.ref;
      const age = Math.ceil(this.settings.expiresMs / 1000);
      const data = print === undefined ? parcel : { ...parcel, print };
      const options = { jobId: id, attempts: 1, removeOnComplete: { age }, removeOnFail: { age } };
      await this.queue.add(jobName, data, options);
      message.isThere = true;
      if (print !== undefined) await this.#look(message);
    } catch (error) {
      if (this.#messages.delete(id)) message.failed(error as Error);
    }
  }

  /** A worker says what it does; should that be lost, the next sweep finds it. */
  #hear(text: string): void {
    const { id, answer, failed } = readNews(text);
    if (answer !== undefined) void this.#completed(id, answer);
    else if (failed !== undefined) void this.#failed(id, failed);
    else this.#checked(id)?.begun();
  }

  async #completed(id: string, parcel: Parcel): Promise<void> {
    const message = this.#checked(id);
    if (message === undefined || message.isReading) return;
    message.isReading = true;
    try {
      const outcome = outcomeFrom(await unpack(this.redis, this.settings, { kind: 'result', id }, parcel));
      if (!this.#messages.has(id)) return;
      // A task that was called back has no result to be kept: it may be sent again under its key.
      const isKept = message.print !== undefined && message.unwanted.size === 0 && !outcome.times.some(Number.isNaN);
      // One with a key may be sent again at once.
      if (!isKept && message.print !== undefined) await this.#chores.do(this.#chores.remove(id));
      else if (!isKept) this.#chores.forget(id);
      if (!isKept) this.#chores.unlink(message.ref, parcel.ref);
      this.#messages.delete(id);
      message.settled(outcome);
    } catch (error) {
      if (error instanceof Lost) void this.#chores.do(this.#lost(message, error.message));
      else if (this.#messages.delete(id)) message.failed(error as Error);
    }
  }

  async #failed(id: string, reason: string): Promise<void> {
    const message = this.#checked(id);
    if (message === undefined || message.isReading) return;
    message.isReading = true;
    if (saysLost(reason)) {
      void this.#chores.do(this.#lost(message, reason));
      return;
    }
    // What failed is not kept: who comes back tries again.
    await this.#chores.do(this.#chores.remove(id));
    this.#chores.unlink(message.ref);
    this.#messages.delete(id);
    if (/stalled more than/.test(reason)) message.vanished(reason);
    else message.failed(new BrokenExecutor(reason));
  }

  /** Sends a message again of which the server has lost a part. */
  async #lost(message: Message, reason: string): Promise<void> {
    const { id } = message;
    try {
      const job = await this.queue.getJob(id);
      // It was sent again already, or the next look finds what became of it.
      if (job !== undefined && job.finishedOn === undefined) return;
      await this.#chores.remove(id);
    } finally {
      message.isReading = false;
    }
    if (this.#messages.get(id) !== message) return;
    message.losses += 1;
    if (message.losses >= this.settings.attempts) {
      this.#messages.delete(id);
      message.failed(new BrokenExecutor(reason));
    } else this.#sendAgain(message);
  }

  #sendAgain(message: Message): void {
    message.missed = 0;
    message.isThere = false;
    message.sending = this.#put(message);
  }

  /** The message that an event is about; not one whose key may be another's. */
  #checked(id: string): Message | undefined {
    const message = this.#messages.get(id);
    return message?.isChecked ? message : undefined;
  }

  /**
   * Takes a message back as a whole if it waits, else tells the worker that has it.
   *
   * @param again true when that was tried before
   */
  async #callBack(message: Message, again: boolean): Promise<void> {
    const { id } = message;
    const [state, job] = await Promise.all([this.queue.getJobState(id), this.queue.getJob(id)]);
    message.isCalling = false;
    // Under a key another message may have its id by now.
    if (this.#messages.get(id) !== message) return;
    // One that is active has a lock, unless its worker vanished: then nobody else would answer.
    const mayRemove = state === 'waiting' || state === 'prioritized' || (state === 'active' && again);
    if (mayRemove && (await this.queue.remove(id)) === 1) {
      if (this.#messages.get(id) === message && this.#messages.delete(id)) message.withdrawn();
    } else if (this.#messages.get(id) === message) {
      const of = (job?.data as Parcel | undefined)?.seal;
      const text = controlText(this.settings, { id, ...(of !== undefined && { of }), withdraw: [...message.unwanted] });
      await this.redis.publish(controlChannel(this.settings), text);
    }
  }

  /** Asks for the outcomes that did not come by themselves, so that a missed event loses nothing. */
  async #sweep(): Promise<void> {
    this.#chores.tidy();
    if (this.#messages.size === 0) return;
    if (this.#isSweeping) {
      // A connection that was cut without a word: what was asked by it is asked again by the next.
      if (performance.now() - this.#sweptAt > silence) {
        this.#sweptAt = performance.now();
        for (const each of [this.redis, this.#ear]) if (each.status === 'ready') each.disconnect(true);
      }
      return;
    }
    this.#isSweeping = true;
    this.#sweptAt = performance.now();
    try {
      const looks = [...this.#messages.values()].map((message) => this.#look(message));
      await Promise.all(this.#ear.status === 'ready' ? [...looks, this.#ear.ping()] : looks);
    } catch {
      // Asked again soon.
    } finally {
      this.#isSweeping = false;
    }
  }

  async #look(message: Message): Promise<void> {
    if (!message.isThere) return;
    const { id, print } = message;
    const job = await this.queue.getJob(id);
    if (!this.#messages.has(id)) return;
    if (job === undefined) {
      // The server lost it. Twice, as it may have been removed by another caller of the same key just now.
      message.missed += 1;
      if (message.missed < 2) return;
      this.#sendAgain(message);
      return;
    }
    if (message.ref !== job.data.ref) {
      // Another caller of the same key was first.
      this.#chores.unlink(message.ref);
      message.ref = job.data.ref;
    }
    if (job.data.print !== print) {
      this.#messages.delete(id);
      message.failed(otherTask());
      return;
    }
    message.isChecked = true;
    if (job.finishedOn === undefined) {
      if (job.processedOn !== undefined) message.begun();
      if (message.unwanted.size > 0) await this.#callBack(message, true);
    } else if (job.failedReason) await this.#failed(id, job.failedReason);
    else await this.#completed(id, job.returnvalue);
  }
}

/** Two connections, or none. */
async function bothOf(...opening: [Promise<Redis>, Promise<Redis>]): Promise<[Redis, Redis]> {
  try {
    return await Promise.all(opening);
  } catch (error) {
    for (const each of await Promise.allSettled(opening)) if (each.status === 'fulfilled') each.value.disconnect();
    throw error;
  }
}
