import { type Guard, Hold, MutexGuard } from './hold.ts';
import { Mutex, type MutexData } from './mutex.ts';
import { type Scope, scopeHere } from './owner.ts';
import type { Memory, Naming } from './travel.ts';
import { turnHere } from './turn.ts';

/** What says who may enter again. */
interface Entered {
  /** The turn that took it by `acquireSync`, in which its task may enter again. */
  turn: object | undefined;
  /** The scope of the `with` that took it, inside of which one may enter again. */
  inside: Scope | undefined;
}

/** A hold of an `RLock` that is not the first. */
class DeepHold extends Hold implements Entered {
  turn: object | undefined = undefined;
  inside: Scope | undefined = undefined;
}

/** True when the caller runs within what holds it. */
function admits(hold: Hold & Entered, here: Scope | undefined): boolean {
  if (hold.serial === 0) return false;
  if (hold.inside !== undefined) return here?.isWithin(hold.inside) ?? false;
  const isSameTask = here === hold.scope || (here?.isWithin(hold.scope) ?? false);
  return isSameTask && hold.turn !== undefined && hold.turn === turnHere();
}

/**
 * A mutex that its holder may take again: how often this thread has, and for whom. Itself it is the first hold.
 *
 * Invariant: of the holds behind the first, `deeper` are in use, and the last of these is not over.
 */
export class Reentry extends Mutex implements Entered {
  turn: object | undefined = undefined;
  inside: Scope | undefined = undefined;
  readonly #holds: DeepHold[] = [];
  /** The hold that let one enter again last, as it was taken in the same turn; its serial then. */
  #host: Hold = this;
  #hostSerial = 0;
  #isWatched = false;
  #wasTold = false;

  constructor(naming: Naming, memory: Memory<MutexData> | undefined) {
    super('RLock', naming, memory);
  }

  /** It was just taken, in a turn or by a `with`, or in neither. */
  enterFirst(scope: Scope | undefined, turn: object | undefined, inside: Scope | undefined): Guard {
    return new MutexGuard(this, this.beginFirst(scope, turn, inside));
  }

  /** As `enterFirst`, without the guard. @returns the serial of this hold */
  beginFirst(
    scope: Scope | undefined,
    turn: object | undefined,
    inside: Scope | undefined,
    serial: number = this.nextSerial(),
  ): number {
    if (this.turn !== turn) this.turn = turn;
    if (this.inside !== inside) this.inside = inside;
    return this.taken(scope, serial);
  }

  /** As `beginFirst` in a turn, for one that was `usual` before it was taken. */
  beginUsual(turn: object, serial: number = this.nextSerial()): number {
    if (this.turn !== turn) this.turn = turn;
    return this.takenAgain(serial);
  }

  /** Enters again, if the caller runs within what holds it. */
  enterAgain(scope: Scope | undefined, turn: object | undefined, inside: Scope | undefined): Guard | undefined {
    const here = scopeHere();
    const host = admits(this, here) ? this : this.#deepOnes().find((hold) => admits(hold, here));
    if (host === undefined) return undefined;
    if (host.inside === undefined) this.#watchTurn(host);
    const again = this.#next();
    again.turn = turn;
    again.inside = inside;
    again.begin(this.nextSerial(), scope);
    return new DeepGuard(this, again);
  }

  /**
   * Two async functions that are called one after the other begin in one turn, in which nothing tells them from one that
   * calls itself: both would enter. So one that was entered again in its turn must not outlive that.
   */
  #watchTurn(host: Hold): void {
    this.#host = host;
    this.#hostSerial = host.serial;
    if (this.#isWatched) return;
    this.#isWatched = true;
    queueMicrotask(() => {
      this.#isWatched = false;
      if (this.#host.serial !== this.#hostSerial || this.#wasTold) return;
      this.#wasTold = true;
      console.warn(
        `${this.what} was taken by acquireSync or tryAcquire, entered again in the same turn, and is held on across an ` +
          'await: if those are two async functions, both have it. Write await lock.with(…) or await lock.acquire().',
      );
    });
  }

  /** One that is left before those inside of it keeps its place until they are over. */
  override release(serial: number): void {
    if (this.serial !== serial) throw this.releasedBefore();
    this.serial = 0;
    if (this.deeper === 0) this.free();
  }

  /** A hold that is not the first is over. */
  leave(hold: Hold): void {
    hold.serial = 0;
    while (this.deeper > 0 && this.#holds[this.deeper - 1]!.serial === 0) this.deeper -= 1;
    if (!this.isHeldHere) this.free();
  }

  /** Takes back the hold of the caller's own task that was taken last. @returns false when it has none */
  leaveLatest(): boolean {
    const latest = this.#latest();
    if (latest === this) this.release(this.serial);
    else if (latest !== undefined) this.leave(latest);
    return latest !== undefined;
  }

  /** Leaves the lock altogether. @returns what restores all holds, once the mutex is taken again */
  pause(): () => void {
    const holds = [this, ...this.#deepOnes()];
    const saved = holds.map(({ serial, scope, turn, inside }) => ({ serial, scope, turn, inside }));
    for (const hold of holds) {
      if (hold.serial > 0) this.paused.add(hold.serial);
      hold.serial = 0;
    }
    this.deeper = 0;
    this.free();
    return () => {
      this.taken(saved[0]!.scope);
      this.deeper = saved.length - 1;
      for (const [at, state] of saved.entries()) Object.assign(holds[at]!, state);
      for (const [at, { serial }] of saved.entries()) {
        if (serial === 0 || this.paused.delete(serial)) continue;
        if (at === 0) this.release(serial);
        else this.leave(holds[at]!);
      }
    };
  }

  /** Whether the caller's own task holds it. */
  get isOwn(): boolean {
    return this.#latest() !== undefined;
  }

  #latest(): Hold | undefined {
    const here = scopeHere();
    if (here === undefined) return undefined;
    const isOwn = (hold: Hold): boolean => hold.serial > 0 && here.isWithin(hold.scope);
    return (this.deeper > 0 ? this.#deepOnes().findLast(isOwn) : undefined) ?? (isOwn(this) ? this : undefined);
  }

  #deepOnes(): DeepHold[] {
    return this.#holds.slice(0, this.deeper);
  }

  #next(): DeepHold {
    this.deeper += 1;
    this.#holds[this.deeper - 1] ??= new DeepHold();
    return this.#holds[this.deeper - 1]!;
  }
}

/** The guard of a hold that is not the first. */
class DeepGuard implements Guard {
  readonly #reentry: Reentry;
  readonly #hold: Hold;
  readonly #serial: number;

  constructor(reentry: Reentry, hold: Hold) {
    this.#reentry = reentry;
    this.#hold = hold;
    this.#serial = hold.serial;
  }

  release(): void {
    if (this.#hold.serial !== this.#serial) throw this.#reentry.releasedBefore();
    this.#reentry.leave(this.#hold);
  }

  [Symbol.dispose](): void {
    if (this.#hold.serial === this.#serial) this.release();
    else this.#reentry.paused.delete(this.#serial);
  }
}
