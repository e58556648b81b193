import type { Shared } from '../workers/holders.ts';
import { onThreadEnd } from '../workers/lives.ts';
import { looksAfter } from './sleep.ts';

/** A primitive whose owners and waiters can die. */
export interface Mortal {
  /** Some thread has ended: those of its owners and waiters that have are marked, and all who sleep look again. */
  threadEnded(): void;
}

/*
 * What a thread that starts others must know: the primitives that they can have. One that was given to a task or a
 * thread is kept until that one is over; from then on, as one that came from elsewhere, it is known as long as somebody
 * here has it: a task that is cancelled is over before its thread has ended, which may hold the lock until then.
 */
const given = new Map<Mortal, number>();
const known = new Set<WeakRef<Mortal>>();
const isKnown = new WeakSet<Mortal>();
const dropped = new FinalizationRegistry<WeakRef<Mortal>>((ref) => known.delete(ref));

onThreadEnd(() => {
  const mortals = new Set(given.keys());
  for (const ref of known) {
    const mortal = ref.deref();
    if (mortal !== undefined) mortals.add(mortal);
  }
  for (const mortal of mortals) mortal.threadEnded();
});

/** How many tasks of this thread wait for each. */
const awaited = new Map<Mortal, number>();
let looking: NodeJS.Timeout | undefined;

/**
 * A task waits for it from now on: it is looked now and then whether its owner has ended, see `looksAfter`.
 *
 * @returns to be called when that wait is over
 */
export function awaitMortal(mortal: Mortal): () => void {
  awaited.set(mortal, (awaited.get(mortal) ?? 0) + 1);
  looking ??= setInterval(() => {
    for (const one of awaited.keys()) one.threadEnded();
    if (awaited.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  }, looksAfter).unref();
  return () => {
    const left = awaited.get(mortal)! - 1;
    if (left > 0) awaited.set(mortal, left);
    else awaited.delete(mortal);
  };
}

/** Other threads may have it from now on. */
export function knowMortal(mortal: Mortal): void {
  if (isKnown.has(mortal)) return;
  isKnown.add(mortal);
  const ref = new WeakRef(mortal);
  known.add(ref);
  dropped.register(mortal, ref);
}

/** What `travelsByReference` needs to tell of the end of those that a primitive was given to. */
export function sharedMortal(mortal: Mortal): Shared {
  return {
    give() {
      knowMortal(mortal);
      given.set(mortal, (given.get(mortal) ?? 0) + 1);
      return () => {
        const left = given.get(mortal)! - 1;
        if (left === 0) given.delete(mortal);
        else given.set(mortal, left);
      };
    },
  };
}
