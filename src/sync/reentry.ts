import { type Guard, Hold, Mutex, type MutexData } from './mutex.ts';
import { type Scope, scopeHere } from './owner.ts';
import type { Memory, Naming } from './travel.ts';
import { turnHere } from './turn.ts';

/** A hold of an `RLock`. */
class DeepHold extends Hold {
  /** The turn that took it by `acquireSync`, in which its task may enter again. */
  turn: object | undefined = undefined;
  /** The scope of the `with` that took it, inside of which one may enter again. */
  inside: Scope | undefined = undefined;

  /** True when the caller runs within what holds it. */
  admits(here: Scope | undefined): boolean {
    if (this.serial <= 0) return false;
    if (this.inside !== undefined) return here?.isWithin(this.inside) ?? false;
    const isSameTask = here === this.scope || (here?.isWithin(this.scope) ?? false);
    return isSameTask && this.turn !== undefined && this.turn === turnHere();
  }
}

/**
 * How often this thread has taken one lock, and for whom.
 *
 * Invariant: the first hold is the mutex' own and is over last; of those behind it, `depth` - 1 are in use.
 */
export class Reentry {
  readonly mutex: Mutex;
  readonly #holds: DeepHold[];
  #depth = 0;

  constructor(naming: Naming, memory: Memory<MutexData> | undefined) {
    this.mutex = new Mutex('RLock', naming, memory, DeepHold);
    this.#holds = [this.mutex.base as DeepHold];
  }

  get depth(): number {
    return this.#depth;
  }

  /** The mutex was just taken, in a turn or by a `with`, or in neither. */
  enterFirst(scope: Scope | undefined, turn: object | undefined, inside: Scope | undefined): RGuard {
    const base = this.mutex.base as DeepHold;
    this.#depth = 1;
    if (base.turn !== turn) base.turn = turn;
    if (base.inside !== inside) base.inside = inside;
    this.mutex.taken(scope);
    return new RGuard(this, base);
  }

  /** Enters again, if the caller runs within what holds it. */
  enterAgain(scope: Scope | undefined, turn: object | undefined, inside: Scope | undefined): RGuard | undefined {
    const here = scopeHere();
    for (let at = 0; at < this.#depth; at += 1) {
      if (!this.#holds[at]!.admits(here)) continue;
      const again = this.#next();
      again.turn = turn;
      again.inside = inside;
      again.begin(scope);
      return new RGuard(this, again);
    }
    return undefined;
  }

  /** A hold is over. */
  leave(hold: Hold): void {
    hold.end();
    if (this.#depth === 1) {
      this.#depth = 0;
      this.mutex.free();
    } else this.#leaveDeep();
  }

  /** One that is left before those inside of it keeps its place until they are over. */
  #leaveDeep(): void {
    while (this.#depth > 0 && this.#holds[this.#depth - 1]!.serial <= 0) this.#depth -= 1;
    this.mutex.isHeldDeeper = this.#depth > 1;
    if (this.#depth === 0) this.mutex.free();
  }

  /** The hold of the caller's own task that was taken last. */
  latest(): Hold | undefined {
    const here = scopeHere();
    if (here === undefined) return undefined;
    const { base } = this.mutex;
    return this.#depth === 1 && base.scope === here ? base : this.#latestDeep(here);
  }

  #latestDeep(here: Scope): Hold | undefined {
    for (let at = this.#depth - 1; at >= 0; at -= 1) {
      const hold = this.#holds[at]!;
      if (hold.serial > 0 && here.isWithin(hold.scope)) return hold;
    }
    return undefined;
  }

  /** Leaves the lock altogether. @returns what restores all holds, once the mutex is taken again */
  pause(): () => void {
    const holds = this.#holds.slice(0, this.#depth);
    const saved = holds.map(({ serial, scope, turn, inside }) => ({ serial, scope, turn, inside }));
    for (const hold of holds) hold.serial = 0;
    this.#depth = 0;
    this.mutex.free();
    return () => {
      this.mutex.taken(saved[0]!.scope);
      this.#depth = saved.length;
      for (const [at, state] of saved.entries()) Object.assign(holds[at]!, state);
    };
  }

  #next(): DeepHold {
    const hold = this.#holds[this.#depth] ?? new DeepHold(this.mutex);
    this.#holds[this.#depth] = hold;
    this.#depth += 1;
    return hold;
  }
}

class RGuard implements Guard {
  readonly #reentry: Reentry;
  readonly #hold: Hold;
  readonly #serial: number;

  constructor(reentry: Reentry, hold: Hold) {
    this.#reentry = reentry;
    this.#hold = hold;
    this.#serial = hold.serial;
  }

  release(): void {
    if (this.#hold.serial !== this.#serial) throw this.#reentry.mutex.releasedBefore();
    this.#reentry.leave(this.#hold);
  }

  [Symbol.dispose](): void {
    if (this.#hold.serial === this.#serial) this.release();
  }
}
