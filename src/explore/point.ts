/**
 * A point between two steps at which the explorer may let another thread go on.
 *
 * A plain `yield 'read'` is one too: the name tells what the step that ends there did. A point made here tells what the
 * step that *begins* there does, and may say when that step can be made at all.
 */
export class Point {
  /** Whether the thread can go on; undefined when it always can. */
  readonly ready: (() => boolean) | undefined;
  readonly #what: string;
  readonly #on: { readonly name: string } | undefined;

  constructor(ready: (() => boolean) | undefined, what: string, on?: { readonly name: string }) {
    this.ready = ready;
    this.#what = what;
    this.#on = on;
  }

  /** What the step after it does, as `acquire fork 1`: put together only when somebody reads it. */
  get what(): string {
    return this.#on ? `${this.#what} ${this.#on.name}` : this.#what;
  }
}

/**
 * A point at which a thread of `explore` cannot go on before `condition` holds: `yield until(() => s.ready)`. The step
 * after it begins with the condition still holding: nobody comes between. When all threads wait so, it is a deadlock.
 *
 * @param what what it waits for, in the words of the report: `waits for ${what}`
 * @example
 * function* (s) {
 *   yield until(() => s.items.length > 0, 'an item');
 *   s.taken = s.items.shift();
 * }
 */
export function until(condition: () => boolean, what = 'its condition'): Point {
  if (typeof condition !== 'function')
    throw new TypeError(
      `until takes a function that tells whether the thread can go on: until(() => s.ready), not ${typeof condition}.`,
    );
  return new Point(condition, `after waiting for ${what}`);
}

/** Who makes a step just now, by index: models ask it to know who holds them. -1 outside a step. */
export const turn = { thread: -1 };
