import { inspect } from 'node:util';
import type { WaitOptions } from '../channels/ends.ts';
import { CancelledError, TimeoutError } from '../executors/errors.ts';
import { host } from '../show/host.ts';
import { now } from '../timing/clock.ts';
import { channels, nextEventId } from '../timing/events.ts';
import { laneHere } from '../workers/lanes.ts';
import { nextNumber, threadHere } from '../workers/lives.ts';
import type { Guard } from './hold.ts';
import { Line, Place } from './line.ts';
import { runIn, Scope, scopeHere } from './owner.ts';
import { failedWith } from './pause.ts';
import { checkOptions } from './sleep.ts';
import type { Watch } from './waiters.ts';

/** Holds that were left, perhaps while they wait on a condition. */
const left = new WeakSet<Hold>();

/** One that has waited on a condition has its turn again: it gives that back if it was left meanwhile. */
export function unlessLeft(hold: Hold): void {
  if (left.has(hold)) hold.release();
}

/**
 * One turn that was granted, until it is given back: whoever has this gives it back, and nobody else can. The one who
 * has waited longest has the turn from that moment on.
 */
export class Hold implements Guard {
  // A promise looks in what it is resolved with for a `then`: one found here at once makes a free lock 4 % cheaper.
  // biome-ignore lint/suspicious/noThenProperty: it says that this is none.
  readonly then: undefined = undefined;
  readonly turns: Turns;
  /** True while its turn is granted: not before, not after, and not while it waits on a condition. */
  held: boolean;

  constructor(turns: Turns, held: boolean) {
    this.turns = turns;
    this.held = held;
  }

  release(): void {
    if (!this.held) throw this.turns.notHeld();
    this.held = false;
    this.turns.pass();
  }

  [inspect.custom](): string {
    return `Guard { ${this.turns.name}: ${this.held ? 'held' : 'not held'} }`;
  }

  [Symbol.dispose](): void {
    if (this.held) this.release();
    else left.add(this);
  }
}
/** A hold that somebody records. */
class RecordedHold extends Hold {
  /** Joins the events of this turn. */
  id: number = nextEventId();

  override release(): void {
    if (this.held) this.publish('released');
    super.release();
  }

  publish(kind: 'waiting' | 'acquired' | 'released', ok = true): void {
    channels.wait.publish({ kind, time: now(), lane: laneHere(), id: this.id, name: this.turns.name, ok });
  }
}

/** One who waits: for a turn, or on a condition. */
export class Waiting extends Place {
  readonly hold: Hold;
  /** In which scope it waits, and will hold. */
  readonly scope: Scope | undefined;
  /** Its turn has come. */
  readonly granted: (hold: Hold) => void;
  /** Stops the clock, and no longer listens to the signal. */
  stop: (() => void) | undefined;

  constructor(hold: Hold, scope: Scope | undefined, granted: (hold: Hold) => void) {
    super();
    this.hold = hold;
    this.scope = scope;
    this.granted = granted;
    this.stop = undefined;
  }
}

/**
 * So many turns at a time, first come, first served, for the tasks of one thread.
 *
 * A turn that is given back goes to the first in line there and then, by the call that gave it back: no task can slip
 * in between, and one that gives up has left the line before a turn could be meant for it. So no turn is ever lost,
 * taken twice or swallowed.
 */
export class Turns {
  readonly name: string;
  readonly line: Line<Waiting> = new Line();
  readonly #number = nextNumber();
  /** How many turns can be had at once. Above 0 only while nobody waits. */
  free: number;
  /** The scope of the turn granted last: where there is one turn only, and it is not free, of the one that is held. */
  scope: Scope | undefined = undefined;
  /** The turn granted last to a scope. Outside of scopes nobody asks for it, and to keep it costs 7 of 50 ns. */
  latest: Hold | undefined = undefined;

  constructor(name: string, free: number) {
    this.name = name;
    this.free = free;
  }

  acquire(options: WaitOptions | undefined): Promise<Hold> {
    if (options !== undefined || channels.wait.hasSubscribers) return this.acquireIn(scopeHere(), options);
    const free = this.free > 0;
    const hold = new Hold(this, free);
    if (!free) return this.#wait(hold, scopeHere(), options);
    this.free -= 1;
    this.#note(hold, scopeHere());
    return Promise.resolve(hold);
  }

  /** @param scope the scope that has it */
  async acquireIn(scope: Scope | undefined, options: WaitOptions | undefined): Promise<Hold> {
    if (options !== undefined) checkLimits(options, this);
    const free = this.free > 0;
    if (!free && options?.timeout === 0) throw new TimeoutError(`${this} did not wait, and it was not free`);
    const hold = channels.wait.hasSubscribers ? new RecordedHold(this, free) : new Hold(this, free);
    if (hold instanceof RecordedHold) hold.publish(free ? 'acquired' : 'waiting');
    if (!free) return await this.#wait(hold, scope, options);
    this.free -= 1;
    this.#note(hold, scope);
    return hold;
  }

  /** What is done with it, for errors. */
  toString(): string {
    return `acquire of ${this.name}`;
  }

  #wait(hold: Hold, scope: Scope | undefined, options: WaitOptions | undefined): Promise<Hold> {
    if (options === undefined && host() === undefined) {
      return new Promise((resolve) => {
        this.line.push(new Waiting(hold, scope, resolve));
      });
    }
    return new Promise((resolve, reject) => {
      const waiting = new Waiting(hold, scope, resolve);
      this.line.push(waiting);
      limit(waiting, options, this, 'it never became free for it', (error) => {
        this.line.remove(waiting);
        if (hold instanceof RecordedHold) hold.publish('acquired', false);
        reject(error);
      });
    });
  }

  /** Runs a function while it has a turn, which is given back in every case. */
  async with<R>(fn: () => R | PromiseLike<R>, options: WaitOptions | undefined): Promise<R> {
    const scope = new Scope(scopeHere());
    const hold = await this.acquireIn(scope, options);
    let result: R;
    try {
      result = await runIn(scope, fn);
      hold.release();
    } catch (error) {
      throw failedWith(hold, error);
    }
    return result;
  }

  /** It has its turn now, or else stands in line from now on. */
  join(waiting: Waiting): void {
    if (this.free === 0) {
      this.line.push(waiting);
      return;
    }
    this.free -= 1;
    this.#grant(waiting);
  }

  /** One gives its turn back until `join` with the same hold. */
  suspend(hold: Hold): void {
    hold.held = false;
    if (hold instanceof RecordedHold) {
      hold.publish('released');
      hold.id = nextEventId();
      hold.publish('waiting');
    }
    this.pass();
  }

  /** A turn has been given back. */
  pass(): void {
    const waiting = this.line.shift();
    if (waiting !== undefined) this.#grant(waiting);
    else this.free += 1;
  }

  /** @param isOwned whether there is one who holds it */
  watch(isOwned: boolean): Watch {
    const watch = watchLine(this.line, { name: this.name, number: this.#number });
    if (!isOwned || this.free > 0) return watch;
    return { ...watch, holders: [threadHere], here: { holder: this.scope, waiters: watch.here!.waiters } };
  }

  notHeld(): Error {
    const who = this.free > 0 ? '' : '; what is held now is another’s, who alone can release it';
    return new Error(`this turn of ${this.name} was released before, and a turn is released once${who}`);
  }

  #note(hold: Hold, scope: Scope | undefined): void {
    // To store a pointer costs more than to see that it is there.
    if (this.scope !== scope) this.scope = scope;
    if (scope !== undefined) this.latest = hold;
  }

  #grant(waiting: Waiting): void {
    const { hold } = waiting;
    waiting.stop?.();
    hold.held = true;
    this.#note(hold, waiting.scope);
    if (hold instanceof RecordedHold) hold.publish('acquired');
    waiting.granted(hold);
  }
}

/** @throws RangeError for a time-out that is none, CancelledError when the signal has aborted */
export function checkLimits(options: WaitOptions = {}, what: object): void {
  checkOptions(options);
  const { signal } = options;
  if (signal?.aborted) throw new CancelledError(`${what} was cancelled`, { cause: signal.reason });
}

/**
 * Lets one give up by time-out, by signal or by an interrupt of the kernel, until its `stop` is called.
 *
 * @param what what it does, and @param why what did not come, for the error
 */
export function limit(
  waiting: Waiting,
  { timeout, signal }: WaitOptions = {},
  what: object,
  why: string,
  giveUp: (error: Error) => void,
): void {
  const kernel = host();
  if (timeout === undefined && signal === undefined && kernel === undefined) return;
  const end = (error: Error): void => {
    waiting.stop?.();
    giveUp(error);
  };
  const late = (): void => end(new TimeoutError(`${what} waited ${timeout} ms, and ${why}`));
  const abort = (): void => end(new CancelledError(`${what} was cancelled`, { cause: signal?.reason }));
  // The longest that a timer can wait is 24 days.
  const timer = timeout !== undefined && timeout < 2 ** 31 ? setTimeout(late, timeout) : undefined;
  signal?.addEventListener('abort', abort, { once: true });
  const offInterrupt = kernel?.onInterrupt(abort);
  waiting.stop = () => {
    clearTimeout(timer);
    offInterrupt?.();
    signal?.removeEventListener('abort', abort);
  };
}

/** Who stands in a line, for the wait-for graph. */
export function watchLine(line: Line<Waiting>, which: Pick<Watch, 'name' | 'number'>): Watch {
  const waiters = [...line].map(({ scope }) => scope);
  return { ...which, holders: [], waiters: waiters.map(() => threadHere), here: { holder: undefined, waiters } };
}
