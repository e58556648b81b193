import { now } from '../timing/clock.ts';
import { channels, nextEventId } from '../timing/events.ts';
import type { Failure, Kind, Role } from './core.ts';
import type { Item } from './item.ts';

/** One who gets and puts: the queue's own thread, or another by its line. */
export interface Party {
  /** Its lane in the timeline. */
  readonly lane: string;
  readonly role: Role;
  /** What it has done so far. */
  readonly did: Record<Kind, boolean>;
  /** True when it may take a put for done before it is told: what it still has on the way counts after a close. */
  readonly early: boolean;
}

/** What becomes of a get or put: the item if it is a get, nothing if it is a put, or a failure. */
export type Outcome = { readonly item?: Item } | { readonly failure: Failure; readonly text: string };

/** One get or put, from its arrival until its outcome is told, once. */
export class Waiter {
  readonly kind: Kind;
  readonly party: Party;
  /** What a put brings. */
  readonly item: Item | undefined;
  over = false;
  /** True when it was not served at once. */
  waits = false;
  readonly #told: (outcome: Outcome) => void;
  #timer: NodeJS.Timeout | undefined;
  #eventId = 0;

  constructor(kind: Kind, party: Party, item: Item | undefined, told: (outcome: Outcome) => void) {
    this.kind = kind;
    this.party = party;
    this.item = item;
    this.#told = told;
  }

  /** It is not served at once. @param late called after `timeout` ms */
  wait(timeout: number | undefined, late: () => void): void {
    this.waits = true;
    if (timeout !== undefined) this.#timer = setTimeout(late, timeout).unref();
    if (!channels.wait.hasSubscribers) return;
    this.#eventId = nextEventId();
    this.#publish('waiting', true);
  }

  /** Its party is gone: nobody is told. */
  drop(): void {
    this.over = true;
    clearTimeout(this.#timer);
  }

  tell(outcome: Outcome): void {
    this.drop();
    if (this.#eventId !== 0) this.#publish('acquired', !('failure' in outcome));
    this.#told(outcome);
  }

  #publish(kind: 'waiting' | 'acquired', ok: boolean): void {
    const { lane } = this.party;
    channels.wait.publish({ kind, time: now(), lane, id: this.#eventId, name: `Queue.${this.kind}`, ok });
  }
}
