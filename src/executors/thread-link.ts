import { type MessagePort, receiveMessageOnPort, type Transferable, type Worker } from 'node:worker_threads';
import type { Link, LinkEvents } from './engine.ts';
import type { WorkerDied } from './errors.ts';
import type { Batch, ThreadNews } from './protocol.ts';
import { Words } from './words.ts';

/** A thread of a pool: makes reports out of the words it shares with the pool and the messages it sends. */
export class ThreadLink implements Link {
  opened: Promise<unknown> | undefined;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #events: LinkEvents;
  readonly #words = new Words();
  #batch = 0;
  #count = 0;
  /** The first task of the batch that was not reported. */
  #from = 0;
  /** The outcomes that came by message and were not reported, by the task's index. */
  readonly #told = new Map<number, ThreadNews>();

  constructor(worker: Worker, port: MessagePort, events: LinkEvents) {
    this.#worker = worker;
    this.#port = port;
    this.#events = events;
    port.on('message', (news: ThreadNews) => {
      this.#hear(news);
      this.#report(news.end);
    });
    port.unref();
  }

  get ready(): number {
    return this.#words.ready;
  }

  /** What the thread must have to write its words. */
  get buffer(): SharedArrayBuffer {
    return this.#words.buffer;
  }

  send(batch: Batch, transfer: unknown[]): void {
    this.#batch = batch.batch;
    this.#count = batch.args.length;
    this.#from = 0;
    this.#told.clear();
    this.#words.clear(this.#count);
    this.#port.postMessage(batch, transfer as Transferable[]);
  }

  takeBack(indices: readonly number[]): number[] {
    return indices.filter((index) => this.#words.withdraw(index));
  }

  look(): void {
    let end = false;
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      this.#hear(next.message);
      end ||= next.message.end;
    }
    this.#report(end);
  }

  began(index: number): number | undefined {
    return this.#words.state(index) === 'waiting' ? undefined : this.#words.times(index, index + 1)[0];
  }

  // Whether it can be taken back tells the same.
  at(): undefined {}

  end(index: number): void {
    // When none of the tasks behind it can begin any more, whatever is ended is this one or nothing.
    for (let other = index + 1; other < this.#count; other += 1) this.#words.withdraw(other);
    if (this.#words.state(index) === 'begun') void this.#worker.terminate();
  }

  hold(busy: boolean): void {
    if (busy) this.#port.ref();
    else this.#port.unref();
  }

  /** The thread is gone. */
  close(death: WorkerDied): void {
    this.look();
    this.#port.close();
    if (this.ready === 0) return;
    this.#events.died(death, this.#from < this.#count && this.#words.state(this.#from) !== 'waiting');
  }

  #hear(news: ThreadNews): void {
    if (news.batch === this.#batch && news.index >= 0) this.#told.set(news.index, news);
  }

  /** Reports all tasks in order that are over, as far as their outcomes are here. */
  #report(end: boolean): void {
    const words = this.#words;
    const from = this.#from;
    const withdrawn: number[] = [];
    const values: unknown[] = [];
    const failed: number[] = [];
    let shipped = false;
    for (; this.#from < this.#count; this.#from += 1) {
      const index = this.#from;
      const state = words.state(index);
      const news = state === 'begun' ? this.#told.get(index) : undefined;
      if (news !== undefined) {
        this.#told.delete(index);
        if (!news.ok) failed.push(values.length);
        shipped ||= news.shipped;
        values.push(news.value);
      } else if (state === 'waiting' || state === 'begun') {
        break;
      } else {
        values.push(state === 'here' ? words.value(index) : undefined);
      }
      if (state === 'withdrawn') withdrawn.push(index - from);
    }
    if (values.length === 0 && !end) return;
    const times = words.times(from, this.#from);
    for (const index of withdrawn) times.fill(Number.NaN, 2 * index, 2 * index + 2);
    this.#events.report({
      batch: this.#batch,
      from,
      times,
      values,
      failed: failed.length > 0 ? failed : undefined,
      shipped,
      end,
    });
  }
}
