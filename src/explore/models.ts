import { Noted } from './accesses.ts';
import { tell } from './key.ts';
import { Point, turn } from './point.ts';

/** What an operation of a model is: `yield*` runs it, and gives what it gives. */
export type Operation<T = void> = Generator<Point, T, unknown>;

/** One way of taking a model: `yield* lock.acquire()` … `yield* lock.release()`. */
export interface Taking {
  acquire(): Operation;
  release(): Operation;
}

/** The ground of all models: a point before each operation, so that others may come in between, never inside. */
export abstract class Model extends Noted {
  /** Where it has none of its own, the report names it by its place in the state. */
  name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  /** Notes that another model writes this one. */
  touched(): void {
    this.touch(true);
  }

  protected *reading(what: string): Operation {
    yield new Point(undefined, what, this);
    this.touch(false);
  }

  protected *before(what: string): Operation {
    yield new Point(undefined, what, this);
    this.touch(true);
  }

  /** A point at which the thread waits until it can go on, and takes what it waited for in the same step. */
  protected *when(what: string, ready: () => boolean): Operation {
    const noted = () => {
      this.touch(false);
      return ready();
    };
    yield new Point(noted, what, this);
    this.touch(true);
  }
}

/** A model was used by a thread that may not. What it is called may become known only afterwards. */
class Misuse extends Error {
  readonly #model: Model;
  readonly #what: string;

  constructor(model: Model, what: string) {
    super(`${model.name || 'a model'} ${what}`);
    this.#model = model;
    this.#what = what;
  }

  override toString(): string {
    return `Error: ${this.#model.name} ${this.#what}`;
  }
}

/** A lock of the model: as `Lock`, it knows who holds it. */
export class ModelLock extends Model implements Taking {
  /** Index of the thread that holds it, -1 when nobody does. */
  holder = -1;

  constructor(name = '') {
    super(name);
  }

  get locked(): boolean {
    this.touch(false);
    return this.holder >= 0;
  }

  *acquire(): Operation {
    yield* this.when('acquire', () => this.holder < 0);
    this.holder = turn.thread;
  }

  *tryAcquire(): Operation<boolean> {
    yield* this.before('try to acquire');
    if (this.holder >= 0) return false;
    this.holder = turn.thread;
    return true;
  }

  *release(): Operation {
    yield* this.before('release');
    this.mustHold('was released by a thread that does not hold it');
    this.holder = -1;
  }

  /** @throws Error when the thread whose step this is does not hold the lock */
  mustHold(what: string): void {
    if (this.holder !== turn.thread) throw new Misuse(this, what);
  }

  [tell](names: readonly string[]): string {
    return this.holder < 0 ? 'free' : `held by ${names[this.holder]}`;
  }
}

/** A semaphore of the model. */
export class ModelSemaphore extends Model implements Taking {
  permits: number;

  constructor(permits = 1, name = '') {
    super(name);
    if (!(permits >= 0)) throw new RangeError(`A semaphore has 0 permits or more, not ${permits}.`);
    this.permits = permits;
  }

  *acquire(): Operation {
    yield* this.when('acquire', () => this.permits > 0);
    this.permits -= 1;
  }

  *release(): Operation {
    yield* this.before('release');
    this.permits += 1;
  }

  [tell](): string {
    return `${this.permits} free`;
  }
}

/** A condition of the model, with the lock that it belongs to. Waiters are woken first come, first served. */
export class ModelCondition extends Model {
  readonly lock: ModelLock;
  readonly waiters: { woken: boolean }[] = [];

  constructor(lock: ModelLock, name = '') {
    super(name);
    if (!(lock instanceof ModelLock)) throw new TypeError('A condition belongs to a lock: model.condition(lock).');
    this.lock = lock;
  }

  /** Lets the lock go and sleeps until it is notified, then takes the lock again. */
  *wait(): Operation {
    yield* this.before('wait on');
    this.lock.mustHold('must be held to wait on its condition');
    const mine = { woken: false };
    this.waiters.push(mine);
    this.lock.touched();
    this.lock.holder = -1;
    yield* this.when('wake up on', () => mine.woken && !this.lock.locked);
    this.lock.touched();
    this.lock.holder = turn.thread;
  }

  *notify(count = 1): Operation {
    yield* this.before('notify');
    this.lock.mustHold('must be held to notify its condition');
    for (const waiter of this.waiters.splice(0, count)) waiter.woken = true;
  }

  *notifyAll(): Operation {
    yield* this.notify(Number.POSITIVE_INFINITY);
  }

  [tell](): string {
    return `${this.waiters.length} waiting`;
  }
}

/** A barrier of the model. */
export class ModelBarrier extends Model {
  readonly parties: number;
  waiting = 0;
  round = 0;

  constructor(parties: number, name = '') {
    super(name);
    if (!(parties >= 1)) throw new RangeError(`A barrier is for 1 party or more, not ${parties}.`);
    this.parties = parties;
  }

  /** Waits until all parties have come; gives which one came, from 0. */
  *wait(): Operation<number> {
    yield* this.before('come to');
    const index = this.waiting;
    this.waiting += 1;
    if (this.waiting === this.parties) {
      this.waiting = 0;
      this.round += 1;
      return index;
    }
    const { round } = this;
    yield* this.when('pass', () => this.round !== round);
    return index;
  }

  [tell](): string {
    return `${this.waiting} of ${this.parties}`;
  }
}

/** A read-write lock of the model: many readers, or one writer. It gives nobody precedence. */
export class ModelReadWriteLock extends Model {
  readers = 0;
  writer = -1;

  constructor(name = '') {
    super(name);
  }

  get read(): Taking {
    return { acquire: () => this.#acquireRead(), release: () => this.#releaseRead() };
  }

  get write(): Taking {
    return { acquire: () => this.#acquireWrite(), release: () => this.#releaseWrite() };
  }

  *#acquireRead(): Operation {
    yield* this.when('read-acquire', () => this.writer < 0);
    this.readers += 1;
  }

  *#releaseRead(): Operation {
    yield* this.before('read-release');
    if (this.readers === 0) throw new Misuse(this, 'was released by a reader while nobody reads');
    this.readers -= 1;
  }

  *#acquireWrite(): Operation {
    yield* this.when('write-acquire', () => this.writer < 0 && this.readers === 0);
    this.writer = turn.thread;
  }

  *#releaseWrite(): Operation {
    yield* this.before('write-release');
    if (this.writer !== turn.thread) throw new Misuse(this, 'was released by a writer that does not hold it');
    this.writer = -1;
  }

  [tell](names: readonly string[]): string {
    return this.writer >= 0 ? `written by ${names[this.writer]}` : `${this.readers} reading`;
  }
}

/** Names the models that have no name by their place in the state: `s.forks[1]` is `forks 1`. */
export function nameModels(value: unknown, name = '', met: Set<object> = new Set()): void {
  if (typeof value !== 'object' || value === null || met.has(value)) return;
  met.add(value);
  if (value instanceof Model) value.name ||= name;
  else for (const [key, one] of Object.entries(value)) nameModels(one, name ? `${name} ${key}` : key, met);
}
