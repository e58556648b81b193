import { hasEnded, threadHere, threadName } from '../workers/lives.ts';
import type { Scope } from './owner.ts';

/** Pairs that one lock remembers; more are not warned of. */
const most = 8;
/** Words that a lock has for what was taken while it was held: per pair the other's number, and who took it. */
export const orderWords = 2 * most;
const warned = 0x4000_0000;

/** A lock, as far as the order in which locks are taken concerns it. */
export interface Ordered {
  readonly what: string;
  /** Its number in this process. */
  readonly number: number;
  readonly words: Int32Array;
  /** The first of its `orderWords` words. */
  readonly orderFrom: number;
  readonly isHeldHere: boolean;
  /** The scope that holds it, on this thread. */
  readonly heldBy: Scope | undefined;
}

/**
 * The lock that this thread took last, while it never held two; such a thread pays for one comparison, and for nothing
 * when it releases.
 */
let last: Ordered | undefined;
/** Once it held two: those that it holds, and perhaps some that it has released. */
const several = new Set<Ordered>();

/** This thread took a lock. */
export function took(lock: Ordered): void {
  if (last !== lock) tookAnother(lock);
}

function tookAnother(lock: Ordered): void {
  if (last !== undefined) several.add(last);
  for (const held of several) if (held === lock || !held.isHeldHere) several.delete(held);
  if (several.size === 0) {
    last = lock;
    return;
  }
  last = undefined;
  const { heldBy } = lock;
  if (heldBy !== undefined) for (const held of several) if (heldBy.isWithin(held.heldBy)) notePair(held, lock);
  several.add(lock);
}

/** `next` was taken by one that holds `held`; warns if it was the other way round before, here or on another thread. */
function notePair(held: Ordered, next: Ordered): void {
  const slot = slotOf(held, next.number);
  if (slot < 0 || Atomics.load(held.words, slot + 1) !== 0) return;
  Atomics.store(held.words, slot + 1, threadHere);
  const other = slotOf(next, held.number, false);
  const before = other < 0 ? 0 : Atomics.load(next.words, other + 1);
  if (before === 0 || before & warned) return;
  if (Atomics.compareExchange(next.words, other + 1, before, before | warned) !== before) return;
  const here = threadName(threadHere);
  const there =
    before === threadHere ? `${here} earlier` : `${threadName(before)}${hasEnded(before) ? ', now ended,' : ''}`;
  console.warn(
    `lock order: ${here} takes ${next.what} while it holds ${held.what}, and ${there} took ${held.what} while it ` +
      `held ${next.what}. Some day each will hold one and wait for the other: take both in the same order everywhere.`,
  );
}

/** Where a lock remembers that the other was taken while it was held; -1 when it does not, or has no room. */
function slotOf({ words, orderFrom }: Ordered, number: number, mayAdd = true): number {
  for (let slot = orderFrom; slot < orderFrom + orderWords; slot += 2) {
    const known = mayAdd ? Atomics.compareExchange(words, slot, 0, number) : Atomics.load(words, slot);
    if (known === number || (known === 0 && mayAdd)) return slot;
  }
  return -1;
}
