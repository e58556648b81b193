import type { Kind, Leave, Role } from './core.ts';
import type { Party, Waiter } from './waiter.ts';

/** Ms after a death until what the dead one sent before has certainly been read. */
const settling = 25;
/** Ms that the owner's thread is given to put the first item, if nobody ever put one. */
const grace = 1000;

const opposite = { get: 'put', put: 'get' } as const;

/** What a queue tells about itself, to see whether there is hope for those who wait. */
interface Waits {
  /** The queue's own thread. */
  readonly own: Party;
  /** Those who wait at this moment. */
  waiting(kind: Kind): Iterable<Waiter>;
  failAll(kind: Kind, why: string): void;
  /** Somebody is about to say something, perhaps that others were given the queue. */
  isCalled(): boolean;
  close(): void;
}

/**
 * Knows who has a queue, and sees when a wait has no end: somebody died who could have ended it, and all others who
 * were given the queue wait as well or are gone. Nobody is given up who waits for the living, or for a thread that
 * ended as it should: the next one may come.
 */
export class Hope {
  readonly #queue: Waits;
  /** Those who were given the queue and live, with what they may do. */
  readonly #holders = new Map<Leave, Role>();
  /** How one ended who could have put what a get waits for, or taken what a put waits for. */
  readonly #lost: Partial<Record<Kind, string>> = {};
  #lostAt = 0;
  /** What others than the queue's own thread have done. */
  readonly #others: Record<Kind, boolean> = { get: false, put: false };
  #closing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(queue: Waits) {
    this.#queue = queue;
  }

  give(role: Role): Leave {
    this.#lost.get = undefined;
    this.#lost.put = undefined;
    this.#closing = false;
    const leave: Leave = (wrong) => {
      this.#holders.delete(leave);
      const isLast = ![...this.#holders.values()].includes(role);
      if (wrong !== undefined) {
        this.#lostAt = performance.now();
        for (const kind of ['get', 'put'] as const) if (role !== kind) this.#lost[kind] = wrong;
      }
      // An end of a pipe closes with the last who has it; one who died in the middle leaves an error to the reader.
      if (isLast && (role === 'get' || (role === 'put' && wrong === undefined))) this.#closing = true;
      this.#lookSoon(settling);
    };
    this.#holders.set(leave, role);
    return leave;
  }

  /** Somebody has begun to wait. */
  waits(kind: Kind): void {
    if (this.#lost[kind] !== undefined) this.#lookSoon(settling);
  }

  /** Another thread has done something. */
  did(kind: Kind): void {
    this.#others[kind] = true;
  }

  #lookSoon(ms: number): void {
    // After the timers the loop reads all that lies ready, the ends of lines among it.
    this.#timer ??= setTimeout(() => setImmediate(() => this.#look()), ms).unref();
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#closing && this.#queue.isCalled()) this.#lookSoon(settling);
    else if (this.#closing) this.#queue.close();
    for (const kind of ['get', 'put'] as const) {
      if (!this.#isHopeless(kind)) continue;
      const other = opposite[kind];
      const isOver = performance.now() - this.#lostAt > grace;
      // As long as no other thread did the other thing, the queue's own may be meant to: to put, unless it gets itself
      // or is long in doing so; or to get.
      if (this.#others[other] || (kind === 'get' && (this.#queue.own.did.get || isOver))) {
        this.#queue.failAll(kind, `${kind} would wait for ever: ${this.#lost[kind]}, and nobody is left to ${other}`);
      } else if (kind === 'get') {
        this.#lookSoon(grace);
      }
    }
  }

  #isHopeless(kind: Kind): boolean {
    const { own } = this.#queue;
    const other = opposite[kind];
    if (this.#lost[kind] === undefined || own.did[other]) return false;
    const able = [...this.#holders.values()].filter((role) => role !== kind).length;
    const idle = new Set<Party>();
    let waits = false;
    for (const { party } of this.#queue.waiting(kind)) {
      waits = true;
      if (party !== own && party.role === 'both' && !party.did[other]) idle.add(party);
    }
    return waits && idle.size >= able;
  }
}
