import { shipError } from '../shipping/index.ts';
import type { Kind, Role } from './core.ts';
import type { Hub, Line } from './hub.ts';
import { type Item, repack } from './item.ts';
import { Outbox, type Said } from './outbox.ts';
import { type Outcome, Waiter } from './waiter.ts';
import type { Wire } from './wires.ts';

/** What one who calls says first. */
export interface Hello {
  readonly id: string;
  readonly role: Role;
  readonly lane: string;
}

/** A line from the hub to an end of its queue in another thread: serves what is asked there. */
export class Link implements Line {
  readonly lane: string;
  readonly role: Role;
  readonly did: Record<Kind, boolean> = { get: false, put: false };
  early = false;
  readonly #hub: Hub;
  readonly #wire: Wire;
  readonly #out: Outbox;
  readonly #asked = new Map<number, Waiter>();
  /** Ends that this one gave to others. */
  readonly #given = new Map<number, (wrong: string | undefined) => void>();
  #saidClosed = false;

  constructor(hub: Hub, wire: Wire, { role, lane }: Hello) {
    this.#hub = hub;
    this.#wire = wire;
    this.role = role;
    this.lane = lane;
    this.#out = new Outbox(wire, {
      refused: ([, id], error) => this.#out.push('error', id, shipError(error, wire.to)),
    });
    hub.join(this);
  }

  hear(said: readonly Said[]): void {
    for (const one of said) this.#hear(one);
  }

  #hear([what, id = 0, value, more, transfer = []]: Said): void {
    const hub = this.#hub;
    if (what === 'get' || what === 'put' || what === 'early') {
      const kind = what === 'get' ? 'get' : 'put';
      const item: Item | undefined = kind === 'put' ? { value, form: this.#wire.to, transfer } : undefined;
      const waiter = new Waiter(kind, this, item, (outcome) => this.#tell(id, outcome, what !== 'early'));
      if (!hub.enter(waiter, more as number | undefined)) this.#asked.set(id, waiter);
    } else if (what === 'cancel') {
      const waiter = this.#asked.get(id);
      if (waiter !== undefined) hub.cancel(waiter);
    } else if (what === 'answer') {
      this.#out.flush();
    } else if (what === 'size') {
      this.#out.push('ok', id, hub.size);
    } else if (what === 'close') {
      hub.close();
    } else if (what === 'sealed') {
      this.early = false;
      hub.sealed();
    } else if (what === 'give') {
      this.#given.set(id, hub.give(value as Role));
    } else if (what === 'leave') {
      this.#given.get(id)?.(value as string | undefined);
      this.#given.delete(id);
    }
  }

  /** The one at the other end is gone. */
  closed(): void {
    this.early = false;
    // It would have said so if they had ended before it; a worker's own threads and processes end with it.
    for (const leave of this.#given.values()) leave(`${this.lane} ended, and with it those that had the queue from it`);
    this.#hub.part(this);
  }

  sayClosed(): void {
    this.#saidClosed = true;
    this.#out.push('shut');
  }

  hangUp(): void {
    this.#out.push('end');
    this.#out.flush();
    this.#wire.close();
  }

  #tell(id: number, outcome: Outcome, isAwaited: boolean): void {
    this.#asked.delete(id);
    if ('failure' in outcome) {
      this.#out.push(outcome.failure, id, outcome.text);
      return;
    }
    if (outcome.item === undefined) {
      // From now on, in a queue that has room for all, a put need not wait for its answer.
      if (this.#hub.address.maxsize === 0 && !this.#saidClosed) this.early = true;
      if (isAwaited) this.#out.push('ok', id);
      else this.#out.later('ok', id);
      return;
    }
    try {
      const { value, transfer } = repack(outcome.item, this.#wire.to);
      this.#out.push('ok', id, value, undefined, transfer.length > 0 ? transfer : undefined);
    } catch (error) {
      this.#out.push('error', id, shipError(error, this.#wire.to));
    }
  }
}
