/** One who stands in a line, in one at most. */
export class Place {
  next: this | undefined;
  previous: this | undefined;

  constructor() {
    this.next = undefined;
    this.previous = undefined;
  }
}

/** First come, first served: one joins at the end and leaves from anywhere, each in constant time. */
export class Line<P extends Place> {
  #first: P | undefined;
  #last: P | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): P | undefined {
    return this.#first;
  }

  push(place: P): void {
    const last = this.#last;
    if (last === undefined) this.#first = place;
    else last.next = place;
    place.previous = last;
    this.#last = place;
    this.#length += 1;
  }

  /** Takes out the first. */
  shift(): P | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    const next = first.next;
    this.#first = next;
    if (next === undefined) this.#last = undefined;
    else next.previous = undefined;
    first.next = undefined;
    this.#length -= 1;
    return first;
  }

  /** @param place one that stands in this very line */
  remove(place: P): void {
    const { previous, next } = place;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    place.next = undefined;
    place.previous = undefined;
    this.#length -= 1;
  }

  /** From the first to the last. */
  *[Symbol.iterator](): Generator<P, void, void> {
    for (let place = this.#first; place !== undefined; place = place.next) yield place;
  }
}
