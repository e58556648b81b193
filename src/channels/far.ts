import { receiveMessageOnPort } from 'node:worker_threads';
import { receiveError, receiveValue } from '../shipping/index.ts';
import { laneHere } from '../workers/lanes.ts';
import {
  type Address,
  type Ask,
  type Core,
  type Done,
  errorOf,
  type Failure,
  type Leave,
  type Role,
  tellValue,
} from './core.ts';
import { QueueClosed } from './errors.ts';
import { pack } from './item.ts';
import { Outbox, type Said } from './outbox.ts';
import { call, type Line } from './station.ts';

/** Puts of one end that may be on their way before the next one waits for an answer. */
const mostOnTheWay = 1024;

/** The end of a line to a queue that another thread made: asks there, and tells what comes back. */
export class Far implements Core {
  readonly address: Address;
  readonly #line: Line;
  readonly #out: Outbox;
  /** Whom to tell the answers, by the number of the ask. */
  readonly #asked = new Map<number, Done>();
  #last = 0;
  /** True once a put was answered: the queue knows of this end, and waits for what it has on the way when it closes. */
  #known = false;
  #onTheWay = 0;
  /** Puts that are done for their callers once they have gone out; from then on they count as on the way only. */
  #early: [id: number, done: Done][] = [];
  #isHeard = false;
  #closed = false;
  #gone: Error | undefined;
  #objects = 0;
  readonly #onGone: () => void;

  constructor(address: Address, role: Role, onGone: () => void) {
    this.address = address;
    this.#onGone = onGone;
    this.#line = call(
      address,
      { id: address.id, role, lane: laneHere() },
      {
        hear: (said) => this.#hear(said as readonly Said[]),
        closed: () => this.#hungUp(),
      },
    );
    this.#out = new Outbox(this.#line.wire, {
      refused: ([, id], error) => this.#answer(id ?? 0, error as Error),
      sent: () => this.#sent(),
    });
  }

  /** True when this thread can sleep until it is answered: it will be, as the main thread outlives all others. */
  get canBlock(): boolean {
    return this.#line.word !== undefined && this.address.thread === 0;
  }

  request({ kind, value, transfer, timeout }: Ask, told: Done): () => void {
    // A closed queue ends the line only when nothing is left in it.
    const done: Done =
      kind === 'size' ? (error, size) => (error instanceof QueueClosed ? told(undefined, 0) : told(error, size)) : told;
    const gone = this.#gone ?? (kind === 'put' && this.#closed ? errorOf('closed', 'the queue is closed') : undefined);
    if (gone !== undefined) {
      done(gone);
      return () => {};
    }
    this.#last += 1;
    const id = this.#last;
    const cancel = (): void => this.#out.push('cancel', id);
    if (kind !== 'put') {
      this.#asked.set(id, done);
      this.#out.push(kind, id, undefined, timeout);
      return cancel;
    }
    const item = pack(value, this.#line.wire.to, transfer);
    this.#onTheWay += 1;
    this.#asked.set(id, (error) => {
      this.#onTheWay -= 1;
      this.#known ||= error === undefined;
      done(error);
    });
    const isEarly = this.#known && this.address.maxsize === 0 && this.#onTheWay <= mostOnTheWay;
    if (isEarly) this.#early.push([id, done]);
    this.#out.push(
      isEarly ? 'early' : 'put',
      id,
      item.value,
      timeout,
      item.transfer.length > 0 ? item.transfer : undefined,
    );
    return cancel;
  }

  /** The same, asleep until it is answered. */
  requestSync(ask: Ask): unknown {
    const { port, word } = this.#line;
    let outcome: { readonly error: Error | undefined; readonly value: unknown } | undefined;
    this.request(ask, (error, value) => {
      outcome = { error, value };
    });
    this.#out.flush();
    while (outcome === undefined) {
      const seen = Atomics.load(word!, 0);
      const next = receiveMessageOnPort(port!);
      if (next === undefined) Atomics.wait(word!, 0, seen);
      else this.#hear(next.message);
    }
    if (outcome.error) throw outcome.error;
    return outcome.value;
  }

  close(): void {
    if (this.#closed || this.#gone) return;
    this.#closed = true;
    this.#out.push('close');
    this.#out.flush();
  }

  share(): void {}

  give(role: Role): Leave {
    this.#last += 1;
    const id = this.#last;
    this.#out.push('give', id, role);
    // The end of the line would mean the end of those who have the queue from here.
    this.hold();
    return (wrong) => {
      this.#out.push('leave', id, wrong);
      this.drop();
    };
  }

  /** One more object of this thread stands for the queue. */
  hold(): void {
    this.#objects += 1;
  }

  /** One object less; with the last one the line ends, once all asks are answered. */
  drop(): void {
    this.#objects -= 1;
    this.#hangUp();
  }

  #hangUp(): void {
    if (this.#objects > 0 || this.#asked.size > 0 || this.#gone) return;
    this.#closed = true;
    this.#out.flush();
    this.#hungUp();
    this.#line.wire.close();
  }

  toString(): string {
    return this.#gone || this.#closed
      ? 'closed'
      : `of ${this.address.pid === process.pid ? 'another thread' : 'another process'}`;
  }

  #hear(said: readonly Said[]): void {
    this.#isHeard = true;
    for (const [what, id = 0, value] of said) {
      if (what === 'end') {
        this.#closed = true;
        this.#hungUp();
      } else if (what === 'shut') {
        this.#closed = true;
        this.#out.push('sealed');
        this.#out.flush();
      } else if (what === 'ok') {
        this.#answer(id, undefined, value);
      } else if (what === 'error') {
        this.#answer(id, receiveError(value) as Error);
      } else {
        this.#answer(id, errorOf(what as Failure, value as string));
      }
    }
  }

  #sent(): void {
    const early = this.#early;
    if (early.length === 0) return;
    this.#early = [];
    if (!this.#line.wire.isOut) {
      // What is still here could be lost if this process ended: these puts must wait for their answers.
      this.#out.push('answer');
      return;
    }
    for (const [id, done] of early) if (this.#asked.delete(id)) done(undefined);
  }

  #answer(id: number, error: Error | undefined, value?: unknown): void {
    const done = this.#asked.get(id);
    this.#asked.delete(id);
    if (done === undefined) this.#onTheWay -= 1;
    else if (error !== undefined) done(error);
    else tellValue(done, () => receiveValue(value));
    if (this.#objects === 0) this.#hangUp();
  }

  #hungUp(): void {
    if (this.#gone) return;
    if (this.#closed) this.#gone = errorOf('closed', 'the queue is closed');
    else if (!this.#isHeard)
      this.#gone = errorOf('closed', 'the queue was closed, or went with the thread that made it');
    else this.#gone = errorOf('broken', 'the queue is gone: the thread or process that made it has ended');
    for (const done of this.#asked.values()) done(this.#gone);
    this.#asked.clear();
    this.#onGone();
  }
}
