import { host } from '../show/host.ts';
import { laneHere } from '../workers/lanes.ts';
import {
  type Address,
  type Ask,
  type Core,
  type Done,
  errorOf,
  type Failure,
  type Kind,
  type Leave,
  type Role,
  tellValue,
} from './core.ts';
import { Fifo } from './fifo.ts';
import { Hope } from './hope.ts';
import { type Form, type Item, pack, unpack } from './item.ts';
import { addressOf, forget, isCalled, open } from './station.ts';
import { type Outcome, type Party, Waiter } from './waiter.ts';

/** A line to an end in another thread. */
export interface Line extends Party {
  /** Says that nothing more can be put; `early` becomes false when all it had on the way is here. */
  sayClosed(): void;
  /** Says that nothing more will come, and ends the line. */
  hangUp(): void;
}

const done: Outcome = {};
const drainedText = 'the queue is closed, and nothing is left in it';

/**
 * The queue itself, in the thread that made it: all gets and puts of all threads and processes come here and are
 * served in the order of their arrival. An item goes to one who asked for it and to nobody in advance, so that none
 * waits behind another's work or is lost with it.
 *
 * Invariant: where there are items nobody waits to get; where there is room nobody waits to put.
 */
export class Hub implements Core {
  readonly address: Address;
  readonly #own: Party = { lane: laneHere(), role: 'both', did: { get: false, put: false }, early: false };
  readonly #items = new Fifo<Item>();
  /** Those who wait, and some whose wait is over. */
  readonly #waiting = { get: new Fifo<Waiter>(), put: new Fifo<Waiter>() };
  /** How many of them wait. */
  readonly #live = { get: 0, put: 0 };
  readonly #lines = new Set<Line>();
  readonly #hope: Hope;
  /** As far as it was sent; what is put here must be able to go there. */
  #form: Form = 'here';
  #closed = false;

  constructor(maxsize: number) {
    this.address = addressOf(maxsize);
    this.#hope = new Hope({
      own: this.#own,
      waiting: (kind) => [...this.#waiting[kind]].filter(({ over }) => !over),
      failAll: (kind, why) => this.#failAll(kind, 'broken', why),
      isCalled,
      close: () => this.close(),
    });
  }

  /** How many items lie in it. */
  get size(): number {
    return this.#items.size;
  }

  request({ kind, value, transfer, timeout }: Ask, tell: Done): () => void {
    if (kind === 'size') {
      tell(undefined, this.size);
      return () => {};
    }
    const item = kind === 'put' ? pack(value, this.#form, transfer) : undefined;
    let offInterrupt: (() => void) | undefined;
    const waiter = new Waiter(kind, this.#own, item, (outcome) => {
      offInterrupt?.();
      if ('failure' in outcome) tell(errorOf(outcome.failure, outcome.text));
      else tellValue(tell, () => outcome.item && unpack(outcome.item));
    });
    const cancel = (): void => this.cancel(waiter);
    if (!this.enter(waiter, timeout)) offInterrupt = host()?.onInterrupt(cancel);
    return cancel;
  }

  /** Serves a get or put, now or later. @returns false when it waits */
  enter(waiter: Waiter, timeout?: number): boolean {
    const { kind, party } = waiter;
    party.did[kind] = true;
    if (party !== this.#own) this.#hope.did(kind);
    if (kind === 'get' ? this.#tryGet(waiter) : this.#tryPut(waiter)) return true;
    const waiting = this.#waiting[kind];
    if (waiting.size > 2 * this.#live[kind] + 32) waiting.keep(({ over }) => !over);
    waiting.push(waiter);
    this.#live[kind] += 1;
    waiter.wait(timeout, () => this.#fail(waiter, 'timeout', this.#lateText(kind, timeout)));
    this.#hope.waits(kind);
    return false;
  }

  cancel(waiter: Waiter): void {
    this.#fail(waiter, 'cancelled', `${waiter.kind} was cancelled`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const line of this.#lines) line.sayClosed();
    this.#failAll('put', 'closed', 'the queue is closed');
    this.#endIfDrained();
  }

  share(to: 'thread' | 'process'): void {
    if (this.#form !== 'process') this.#form = to;
    open(this);
  }

  give(role: Role): Leave {
    return this.#hope.give(role);
  }

  /** A thread called. */
  join(line: Line): void {
    this.#lines.add(line);
    if (this.#closed) line.sayClosed();
    this.#endIfDrained();
  }

  /** All that a line had on the way when the queue was closed is here. */
  sealed(): void {
    this.#endIfDrained();
  }

  /** The thread at the other end of a line is gone. */
  part(line: Line): void {
    this.#lines.delete(line);
    for (const kind of ['get', 'put'] as const) {
      for (const waiter of this.#waiting[kind]) {
        if (waiter.party !== line || waiter.over) continue;
        this.#live[kind] -= 1;
        waiter.drop();
      }
    }
    this.#endIfDrained();
  }

  toString(): string {
    const { maxsize } = this.address;
    const waits = (['get', 'put'] as const).map((kind) => {
      const count = this.#live[kind];
      return count > 0 ? `, ${count} ${kind} ${count === 1 ? 'waits' : 'wait'}` : '';
    });
    const bound = maxsize > 0 ? ` of ${maxsize}` : '';
    return `${this.size}${bound} inside${waits.join('')}${this.#closed ? ', closed' : ''}`;
  }

  #tryGet(waiter: Waiter): boolean {
    if (this.size === 0) {
      if (!this.#isDrained()) return false;
      waiter.tell({ failure: 'closed', text: drainedText });
      return true;
    }
    waiter.tell({ item: this.#items.shift() as Item });
    const next = this.#next('put');
    if (next !== undefined) {
      this.#items.push(next.item as Item);
      next.tell(done);
    }
    this.#endIfDrained();
    return true;
  }

  #tryPut(waiter: Waiter): boolean {
    if (this.#closed && !waiter.party.early) {
      waiter.tell({ failure: 'closed', text: 'the queue is closed' });
      return true;
    }
    const { maxsize } = this.address;
    const getter = this.#next('get');
    if (getter !== undefined) getter.tell({ item: waiter.item as Item });
    else if (maxsize === 0 || this.size < maxsize) this.#items.push(waiter.item as Item);
    else return false;
    waiter.tell(done);
    return true;
  }

  /** Takes the first that waits. */
  #next(kind: Kind): Waiter | undefined {
    if (this.#live[kind] === 0) return undefined;
    this.#live[kind] -= 1;
    let next = this.#waiting[kind].shift();
    while (next?.over) next = this.#waiting[kind].shift();
    return next;
  }

  #fail(waiter: Waiter, failure: Failure, text: string): void {
    if (waiter.over) return;
    if (waiter.waits) this.#live[waiter.kind] -= 1;
    waiter.tell({ failure, text });
  }

  #failAll(kind: Kind, failure: Failure, text: string): void {
    for (let next = this.#next(kind); next !== undefined; next = this.#next(kind)) next.tell({ failure, text });
  }

  #lateText(kind: Kind, timeout = 0): string {
    const { maxsize } = this.address;
    if (kind === 'get') return `get waited ${timeout} ms, and the queue stayed empty`;
    return (
      `put waited ${timeout} ms, and the queue stayed full (${maxsize} of ${maxsize}): nobody takes anything off it. ` +
      'Whoever joins the one that puts must get first'
    );
  }

  /** True when nothing is inside and nothing will ever come. */
  #isDrained(): boolean {
    return this.#closed && this.size === 0 && ![...this.#lines].some(({ early }) => early);
  }

  #endIfDrained(): void {
    if (!this.#isDrained()) return;
    this.#failAll('get', 'closed', drainedText);
    for (const line of this.#lines) line.hangUp();
    this.#lines.clear();
    forget(this);
  }
}
