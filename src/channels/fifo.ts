/** First in, first out, at the same cost however much it holds. */
export class Fifo<T> {
  #entries: (T | undefined)[] = [];
  /** Where the first one lies; those before it have been taken. */
  #head = 0;

  get size(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  shift(): T | undefined {
    const entry = this.#entries[this.#head];
    if (this.#head === this.#entries.length) return undefined;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && 2 * this.#head > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Leaves only those that pass. */
  keep(passes: (entry: T) => boolean): void {
    this.#entries = this.#entries.slice(this.#head).filter((entry) => passes(entry as T));
    this.#head = 0;
  }

  *[Symbol.iterator](): Generator<T, void, void> {
    for (let at = this.#head; at < this.#entries.length; at += 1) yield this.#entries[at] as T;
  }
}
