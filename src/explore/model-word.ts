import { tell } from './key.ts';
import { Model, type Operation } from './models.ts';

/**
 * A word of shared memory as `Atomics` sees it: each operation is one step that nobody interrupts, in one order for all
 * threads. `wait` and `notify` are those of a futex.
 */
export class ModelWord extends Model {
  value: number;
  readonly waiters: { woken: boolean }[] = [];

  constructor(value = 0, name = '') {
    super(name);
    this.value = value;
  }

  *load(): Operation<number> {
    yield* this.reading('load');
    return this.value;
  }

  *store(value: number): Operation<number> {
    yield* this.before(`store ${value} in`);
    this.value = value;
    return value;
  }

  /** Adds, and gives what was there before. */
  *add(by: number): Operation<number> {
    yield* this.before(`add ${by} to`);
    const before = this.value;
    this.value += by;
    return before;
  }

  /** Subtracts, and gives what was there before. */
  *sub(by: number): Operation<number> {
    yield* this.before(`subtract ${by} from`);
    const before = this.value;
    this.value -= by;
    return before;
  }

  /** Puts a value in, and gives what was there before. */
  *exchange(value: number): Operation<number> {
    yield* this.before(`exchange ${value} for`);
    const before = this.value;
    this.value = value;
    return before;
  }

  /** Puts `value` in if `expected` is there; gives what was there before. */
  *compareExchange(expected: number, value: number): Operation<number> {
    yield* this.before(`exchange ${value} for ${expected} in`);
    const before = this.value;
    if (before === expected) this.value = value;
    return before;
  }

  /** Sleeps until it is notified, if `expected` is there; otherwise it goes on at once. */
  *wait(expected: number): Operation<'ok' | 'not-equal'> {
    yield* this.before(`wait while ${expected} is in`);
    if (this.value !== expected) return 'not-equal';
    const mine = { woken: false };
    this.waiters.push(mine);
    yield* this.when('be woken on', () => mine.woken);
    return 'ok';
  }

  /** Wakes as many sleepers as told, the longest asleep first; gives how many there were. */
  *notify(count = Number.POSITIVE_INFINITY): Operation<number> {
    yield* this.before('notify');
    const woken = this.waiters.splice(0, count);
    for (const waiter of woken) waiter.woken = true;
    return woken.length;
  }

  [tell](): string {
    return this.waiters.length === 0 ? `${this.value}` : `${this.value} (${this.waiters.length} asleep)`;
  }
}
