import { hasEnded, nextNumber, threadHere, threadName } from '../workers/lives.ts';
import type { Mortal } from './deaths.ts';
import { LockOwnerDied } from './errors.ts';
import type { Scope } from './owner.ts';
import { Readers, readerWords } from './readers.ts';
import type { Spot } from './row.ts';
import { tellWaiting } from './told.ts';
import type { Memory } from './travel.ts';
import { Waiters, waiterWords } from './waiters.ts';

/** The thread that writes, or that keeps new readers out and waits for the others to leave. */
const writer = 0;
/** Known writers that wait for another; while there are any, no new reader comes in. */
const queued = 1;
/** Counts up when the gate may have opened: readers and queued writers sleep on it. */
const gate = 2;
/** Counts up when a reader left while a writer waited: that one sleeps on it. */
const drained = 3;
/** Above 0 the thread that ended while it read or wrote; else nobody, by another number after each `recover`. */
const deadThread = 4;
const readersWaitFrom = 5;
const writersWaitFrom = readersWaitFrom + waiterWords;
const readersFrom = writersWaitFrom + waiterWords;

/** How many words a ReadWriteLock takes. */
export const readWriteWords = readersFrom + readerWords;

/** What both sides of a ReadWriteLock decide by: words of shared memory. */
export class Core implements Mortal {
  readonly memory: Memory<string>;
  readonly words: Int32Array;
  readonly readers: Readers;
  readonly #readersWait: Waiters;
  readonly #writersWait: Waiters;

  constructor(memory: Memory<string>) {
    this.memory = memory;
    this.words = new Int32Array(memory.buffer);
    this.readers = new Readers(this.words, readersFrom);
    this.#readersWait = new Waiters(this.words, readersWaitFrom);
    this.#writersWait = new Waiters(this.words, writersWaitFrom);
  }

  get name(): string {
    return this.memory.data;
  }

  get writer(): number {
    return Atomics.load(this.words, writer);
  }

  get waiting(): number[] {
    return [...this.#readersWait.list(), ...this.#writersWait.list()];
  }

  /** The scopes in which this thread's own waits were begun. */
  get waitingScopes(): (Scope | undefined)[] {
    return [...this.#readersWait.scopes(), ...this.#writersWait.scopes()];
  }

  /**
   * Who is in the way, for errors: `thread 2 writes`, `thread 1 and thread 3 read`; undefined when nobody is.
   *
   * @param what what one wants to do oneself
   */
  busy(what: 'read' | 'write'): string | undefined {
    const { writer: thread, readers } = this;
    const reading = readers.list().map(threadName);
    // Threads beyond the places of `Readers` are not known apart.
    if (reading.length === 0 && readers.any) reading.push('another thread');
    const writing = thread === 0 ? undefined : threadName(thread);
    if (reading.length === 0) return writing && `${writing} writes`;
    const names = reading.length === 1 ? reading[0] : `${reading.slice(0, -1).join(', ')} and ${reading.at(-1)}`;
    const reads = `${names} ${reading.length === 1 ? 'reads' : 'read'}`;
    // One that wants to write may have the writer's place already, and wait for the readers there.
    return writing === undefined || (what === 'write' && thread === threadHere)
      ? reads
      : `${reads} and ${writing} waits to write`;
  }

  /**
   * First counts itself among the readers, then looks for a writer; a writer first says that it is there, then looks for
   * readers. So one of them sees the other, whoever is first.
   *
   * @param again reads already, and must not wait for a writer that waits for it
   */
  tryRead(again: boolean): boolean {
    const { words } = this;
    this.readers.enter();
    if (Atomics.load(words, deadThread) <= 0) {
      if (again || (Atomics.load(words, writer) === 0 && Atomics.load(words, queued) <= 0)) return true;
    }
    this.stopReading();
    this.checkDeath();
    return false;
  }

  stopReading(): void {
    this.readers.leave();
    if (Atomics.load(this.words, writer) !== 0) this.#wake(drained);
  }

  /** Takes the writer's place, or nothing. */
  tryWrite(): boolean {
    this.checkDeath();
    if (Atomics.compareExchange(this.words, writer, 0, threadHere) !== 0) return false;
    if (!this.readers.any && Atomics.load(this.words, deadThread) <= 0) return true;
    this.stopWriting();
    this.checkDeath();
    return false;
  }

  stopWriting(): void {
    Atomics.store(this.words, writer, 0);
    this.#wake(gate);
  }

  /** Reads in the end; gives where to sleep meanwhile. */
  *read(again: boolean): Generator<Spot, void> {
    const slot = this.#readersWait.enter();
    const waited = tellWaiting(this.name);
    try {
      for (;;) {
        const seen = Atomics.load(this.words, gate);
        if (this.tryRead(again)) break;
        // One that reads already may be what those before it wait for.
        yield { index: gate, seen, isShared: !again };
      }
      waited(true);
    } finally {
      this.#readersWait.leave(slot);
      waited(false);
    }
  }

  /** Writes in the end; gives where to sleep meanwhile. */
  *write(): Generator<Spot, void> {
    const { words } = this;
    const slot = this.#writersWait.enter();
    // One that is not known is not counted: nobody could take its count back if it died.
    const counts = slot < 0 ? 0 : 1;
    Atomics.add(words, queued, counts);
    const waited = tellWaiting(this.name);
    let isInside = false;
    let isDone = false;
    try {
      while (!isInside) {
        const seen = Atomics.load(words, gate);
        this.checkDeath();
        isInside = Atomics.compareExchange(words, writer, 0, threadHere) === 0;
        if (!isInside) yield { index: gate, seen, isShared: true };
      }
      for (;;) {
        const seen = Atomics.load(words, drained);
        // A reader may have ended without anybody being told.
        if (this.#ended().length > 0) this.threadEnded();
        this.checkDeath();
        if (!this.readers.any) break;
        // Those before it wait for this one, if it came past them.
        yield { index: drained, seen, isShared: false };
      }
      isDone = true;
    } finally {
      this.#writersWait.leave(slot);
      Atomics.sub(words, queued, counts);
      waited(isDone);
      if (isInside && !isDone) Atomics.store(words, writer, 0);
      if (!isDone) this.#wake(gate);
    }
  }

  /** @throws LockOwnerDied */
  checkDeath(): void {
    const here = this.writer;
    if (here !== 0 && hasEnded(here)) this.threadEnded();
    const who = Atomics.load(this.words, deadThread);
    if (who > 0) throw new LockOwnerDied(this.name, threadName(who));
  }

  threadEnded(): void {
    const { words } = this;
    this.#readersWait.clear();
    const left = this.#writersWait.clear();
    if (left > 0) Atomics.sub(words, queued, left);
    for (;;) {
      const seen = Atomics.load(words, deadThread);
      const [who] = seen > 0 ? [] : this.#ended();
      // Only if nobody has recovered since the look: one that was forgotten must not be marked again.
      if (who === undefined || Atomics.compareExchange(words, deadThread, seen, who) === seen) break;
    }
    this.#wake(gate);
    this.#wake(drained);
  }

  /** Of several that do this at a time, one has done it: what the others do as well is to forget the same dead. */
  recover(): boolean {
    const { words } = this;
    this.threadEnded();
    const who = Atomics.load(words, deadThread);
    if (who <= 0) return false;
    const ended = this.#ended();
    // Who has come in and died since another recovered is not to be forgotten.
    if (Atomics.load(words, deadThread) !== who) return false;
    for (const thread of ended) {
      Atomics.compareExchange(words, writer, thread, 0);
      this.readers.forget(thread);
    }
    const isFirst = Atomics.compareExchange(words, deadThread, who, -nextNumber()) === who;
    // Wakes all, and marks who has died meanwhile.
    this.threadEnded();
    return isFirst;
  }

  /** Those who have it and have ended. */
  #ended(): number[] {
    return [this.writer, ...this.readers.list()].filter((thread) => thread !== 0 && hasEnded(thread));
  }

  #wake(index: number): void {
    Atomics.add(this.words, index, 1);
    Atomics.notify(this.words, index);
  }
}
