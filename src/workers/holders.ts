/** Something shared, such as a queue, that must know when those have ended who were given it. */
export interface Shared {
  /** Somebody is given it. @returns to be called once, at the end of that one */
  give(): Leave;
}

/** Tells that one has ended, and what went wrong there, if anything did. */
export type Leave = (wrong: string | undefined) => void;

let isOpen = false;
let met: Shared[] | undefined;

/** Called by what is shared, while it is being made ready to travel. */
export function isGiven(shared: Shared): void {
  if (!isOpen) return;
  met ??= [];
  met.push(shared);
}

/** Makes values ready to travel, by `ship`, and notes what among them is shared; undefined when nothing is. */
export function noteShared<R>(ship: () => R): { shipped: R; shared: Shared[] | undefined } {
  isOpen = true;
  met = undefined;
  try {
    return { shipped: ship(), shared: met };
  } finally {
    isOpen = false;
    met = undefined;
  }
}

/** Somebody is given all of them; the same may be among them more than once. */
export function giveAll(shared: Iterable<Shared>): Leave {
  const leaves = [...new Set(shared)].map((each) => each.give());
  return (wrong) => {
    for (const leave of leaves.splice(0)) leave(wrong);
  };
}
