import type { WaitOptions } from '../channels/ends.ts';
import { channels } from '../timing/events.ts';
import { hasEnded, nextNumber, threadHere, threadName } from '../workers/lives.ts';
import { awayMs, Backoff } from './backoff.ts';
import { awaitMortal, type Mortal } from './deaths.ts';
import { LockOwnerDied } from './errors.ts';
import { Hold } from './hold.ts';
import { type Ordered, took } from './order.ts';
import { isOneScope, type Scope } from './owner.ts';
import { type BlockOptions, Sleep } from './sleep.ts';
import { tellMutexWait, tellReleased, tellTaken } from './told-mutex.ts';
import { type Memory, type Naming, nameOf } from './travel.ts';
import { makeUsual } from './usual.ts';
import { Waiters, type Watch, waiterWords } from './waiters.ts';

const waits = channels.wait;

// The word of a lock: 0 when it is free, else the thread that holds it and perhaps these bits.
/** Somebody may sleep: who releases must wake one. */
const contended = 0x4000_0000;
/** The thread ended while it held the lock. */
const dead = 0x2000_0000;
const ownerBits = dead - 1;

/** The first word of those that only waiters write: not on the cache line of the lock itself. */
const waitersFrom = 16;

/**
 * The serial of a hold of a `withSync`, above all that guards have: no guard has it, it is over before anything else of
 * this thread runs, and so needs no number of its own.
 */
export const noGuard = 0x4000_0001;

/** What travels with a lock's memory. */
export interface MutexData {
  readonly name: string;
}

/**
 * The memory of a lock and how it is taken, released and found abandoned, for `Lock` and `RLock`: a futex of three
 * states (Drepper, Futexes Are Tricky, 2011) with the owner's thread in the word itself, so that no thread can die
 * between taking it and having its name on it.
 *
 * It is itself the hold with which this thread has taken it: one object less to read on the way in and out, where each
 * read comes after an atomic step and waits for it.
 */
export class Mutex extends Hold implements Mortal, Ordered {
  readonly kind: string;
  readonly memory: Memory<MutexData>;
  readonly words: Int32Array;
  readonly #waiters: Waiters;
  readonly #backoff = new Backoff();
  /** How many holds an `RLock` has beside this one: the lock may be held when this one is over. */
  deeper = 0;
  /** Serials of holds that wait on a condition and are to be taken up again; without those whose `with` was left. */
  readonly paused: Set<number> = new Set();
  /** Joins the events of this hold; 0 when nobody listened. */
  eventId = 0;
  #lastSerial = 0;

  constructor(kind: string, naming: Naming, memory: Memory<MutexData> | undefined) {
    super();
    this.kind = kind;
    this.memory = memory ?? {
      number: nextNumber(),
      buffer: new SharedArrayBuffer(4 * (waitersFrom + waiterWords)),
      data: { name: nameOf(kind.toLowerCase(), naming) },
    };
    this.words = new Int32Array(this.memory.buffer);
    this.#waiters = new Waiters(this.words, waitersFrom);
  }

  get number(): number {
    return this.memory.number;
  }

  get name(): string {
    return this.memory.data.name;
  }

  /** As errors call it. */
  get what(): string {
    const { name } = this;
    return /^r?lock \d+$/.test(name) ? name : `${this.kind} '${name}'`;
  }

  /** True when the word names this thread, outside of a step of this class. */
  get isHeldHere(): boolean {
    return this.serial > 0 || this.deeper > 0;
  }

  get heldBy(): Scope | undefined {
    return this.isHeldHere ? this.scope : undefined;
  }

  /** Takes it if it is free. */
  take(): boolean {
    return Atomics.compareExchange(this.words, 0, 0, threadHere) === 0;
  }

  /**
   * This thread has just taken it, for those of a scope.
   *
   * @param serial `noGuard` for one that gives no guard
   * @returns the serial of this hold
   */
  taken(scope: Scope | undefined, serial: number = this.nextSerial()): number {
    this.begin(serial, scope);
    makeUsual(took(this) && isOneScope() ? this : undefined);
    if (waits.hasSubscribers) tellTaken(this);
    return serial;
  }

  /** As `taken`, for one that was `usual` before it was taken. */
  takenAgain(serial: number = this.nextSerial()): number {
    this.serial = serial;
    if (waits.hasSubscribers) tellTaken(this);
    return serial;
  }

  /** A number above 0 that no hold of this lock has had on this thread, in a thousand million. */
  nextSerial(): number {
    this.#lastSerial = (this.#lastSerial & 0x3fff_ffff) + 1;
    return this.#lastSerial;
  }

  /** Releases the hold of that serial. @throws Error when it is over */
  release(serial: number): void {
    if (this.serial !== serial) throw this.releasedBefore();
    this.serial = 0;
    this.free();
  }

  /** Frees it: all holds of it are over. */
  free(): void {
    if (this.eventId !== 0) tellReleased(this);
    if (Atomics.exchange(this.words, 0, 0) !== threadHere) Atomics.notify(this.words, 0, 1);
  }

  /** Takes it, asleep until it can. @throws TimeoutError, LockOwnerDied; Error when this thread has it itself */
  block(options: BlockOptions | undefined): void {
    if (this.isHeldHere) throw this.#ownError();
    const sleep = new Sleep(() => this.#notFree(), options);
    const waited = tellMutexWait(this);
    const slot = this.#waiters.enter();
    const backoff = this.#backoff;
    try {
      // Between the look and the sleep nothing may take time: a word that changes meanwhile is a wake-up for nothing.
      for (let seen = this.#claim(0); seen !== 0; seen = this.#claim(contended)) {
        sleep.block(this.words, 0, seen);
        // One that is free is taken at once: it is not for long.
        if ((backoff.isDue || this.isLocked) && backoff.look(() => this.isLocked)) sleep.stayAway(awayMs);
      }
    } catch (error) {
      waited?.(false);
      throw error;
    } finally {
      this.#waiters.leave(slot);
    }
    waited?.(true);
  }

  /** As `block`, for one that goes on with other things; `then` is called in the very turn that has taken it. */
  async wait<R>(options: WaitOptions | undefined, then: () => R): Promise<R> {
    const sleep = new Sleep(() => this.#notFree(), options);
    const waited = tellMutexWait(this);
    const slot = this.#waiters.enter();
    const over = awaitMortal(this);
    try {
      for (let seen = this.#claim(0); seen !== 0; seen = this.#claim(contended)) {
        await sleep.pause(this.words, 0, seen);
      }
    } catch (error) {
      waited?.(false);
      throw error;
    } finally {
      this.#waiters.leave(slot);
      over();
    }
    waited?.(true);
    return then();
  }

  /**
   * Takes it, or says that somebody will wait.
   *
   * @param others `contended` for one that was woken: others may sleep as well, and nobody counts them
   * @returns 0 when it is taken, else the word to sleep on
   */
  #claim(others: number): number {
    for (;;) {
      const word = Atomics.load(this.words, 0);
      if (word === 0) {
        if (Atomics.compareExchange(this.words, 0, 0, threadHere | others) === 0) return 0;
      } else if (word & dead) {
        throw new LockOwnerDied(this.what, threadName(word & ownerBits));
      } else if (hasEnded(word & ownerBits)) {
        this.threadEnded();
      } else if (word & contended || Atomics.compareExchange(this.words, 0, word, word | contended) === word) {
        return word | contended;
      }
    }
  }

  /** @throws LockOwnerDied */
  checkDeath(): void {
    if (hasEnded(Atomics.load(this.words, 0) & ownerBits)) this.threadEnded();
    const word = Atomics.load(this.words, 0);
    if (word & dead) throw new LockOwnerDied(this.what, threadName(word & ownerBits));
  }

  threadEnded(): void {
    this.#waiters.clear();
    for (;;) {
      const word = Atomics.load(this.words, 0);
      const owner = word & ownerBits;
      if (owner === 0 || word & dead || !hasEnded(owner)) break;
      if (Atomics.compareExchange(this.words, 0, word, owner | dead) === word) break;
    }
    // All, as the one that died may have been woken just before, or was about to wake another.
    Atomics.notify(this.words, 0);
  }

  /** Frees it after its owner's death. @returns false when nobody died, or another did it first */
  recover(): boolean {
    const word = Atomics.load(this.words, 0);
    if ((word & dead) === 0 && hasEnded(word & ownerBits)) {
      this.threadEnded();
      return this.recover();
    }
    if ((word & dead) === 0 || Atomics.compareExchange(this.words, 0, word, 0) !== word) return false;
    Atomics.notify(this.words, 0);
    return true;
  }

  get isLocked(): boolean {
    return Atomics.load(this.words, 0) !== 0;
  }

  /** Who holds it, as readers know them. */
  get holder(): string | undefined {
    const word = Atomics.load(this.words, 0);
    if (word === 0) return undefined;
    const name = threadName(word & ownerBits);
    return word & dead || hasEnded(word & ownerBits) ? `${name}, which has ended` : name;
  }

  #notFree(): string {
    const { holder } = this;
    return holder === undefined ? `${this.what} was not had` : `${this.what}, which ${holder} has, was not free`;
  }

  releasedBefore(): Error {
    return new Error(`this hold of ${this.what} was released before, and a hold is released once`);
  }

  /** Why one that does not hold it cannot release it. */
  notHeld(): Error {
    const word = Atomics.load(this.words, 0);
    if (word === 0) return new Error(`${this.what} is not held by anybody, so it cannot be released`);
    if ((word & ownerBits) !== threadHere) {
      return new Error(`${this.what} is held by ${this.holder}, which alone can release it`);
    }
    return new Error(
      `${this.what} is held by another task on ${this.holder}, or by a guard: only guard.release() of the guard that ` +
        'acquire gave can release it, or leaving the with that holds it',
    );
  }

  watch(): Watch {
    const word = Atomics.load(this.words, 0);
    const { number, name } = this;
    const holders = word === 0 ? [] : [word & ownerBits];
    const here = { holder: this.heldBy, waiters: this.#waiters.scopes() };
    return { name, number, holders, waiters: this.#waiters.list(), here };
  }

  #ownError(): Error {
    const again = this.kind === 'RLock' ? ' in another task or an earlier turn' : '';
    const way = this.kind === 'RLock' ? '' : ', or an RLock to enter again what one holds';
    return new Error(
      `${this.what} is held by this very thread${again}, so that a wait that blocks it would never end; ` +
        `write await ….acquire()${way}`,
    );
  }
}
