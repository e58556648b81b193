/**
 * A binary heap: gives the first of its items, in log₂ n steps for each that is added or taken.
 *
 * @example
 * const heap = new Heap<number>((one, other) => one < other);
 * for (const number of [2, 1, 3]) heap.add(number);
 * heap.take(); // 1
 */
export class Heap<T> {
  /** Below place p lie the places 2p + 1 and 2p + 2. Invariant: no item comes before the one above it. */
  readonly #items: T[] = [];
  readonly #isBefore: (one: T, other: T) => boolean;
  readonly #placed: (item: T, place: number) => void;

  /** @param placed told where an item lies from now on, -1 when it has been taken away */
  constructor(isBefore: (one: T, other: T) => boolean, placed: (item: T, place: number) => void = () => {}) {
    this.#isBefore = isBefore;
    this.#placed = placed;
  }

  /** The item that comes before all others. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#rise(item, this.#items.length);
  }

  /** Takes away the first item, or the one at that place. */
  take(place = 0): T | undefined {
    const items = this.#items;
    if (place >= items.length) return undefined;
    const item = items[place]!;
    const last = items.pop()!;
    // The last one fills the gap: it belongs there, above it or below it.
    if (place < items.length) this.#rise(last, this.#sink(last, place));
    this.#placed(item, -1);
    return item;
  }

  /** Puts an item at a place that is free, or above it. */
  #rise(item: T, place: number): void {
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(item, this.#items[above]!)) break;
      this.#put(this.#items[above]!, at);
      at = above;
    }
    this.#put(item, at);
  }

  /** Where an item for that place belongs: there, or below; those that come before it have moved up. */
  #sink(item: T, place: number): number {
    const items = this.#items;
    for (let at = place; ; ) {
      let below = 2 * at + 1;
      if (below + 1 < items.length && this.#isBefore(items[below + 1]!, items[below]!)) below += 1;
      if (below >= items.length || !this.#isBefore(items[below]!, item)) return at;
      this.#put(items[below]!, at);
      at = below;
    }
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    this.#placed(item, place);
  }
}
