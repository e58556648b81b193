/** Ms of work that one message to a worker should hold: enough to make the message cheap, little enough to balance. */
const target = 4;
/** Ms of work for which no message of its own pays, however well it would balance. */
const leastWork = 0.2;
/** Ms that sending a message takes with next to nothing in it, some of it to wake its worker; no task is to blame. */
const emptyPost = 0.05;
/** Tasks that one message holds at most. */
export const largestChunk = 4096;

/** How long the tasks of one function take, as measured, and what follows for how many go into a message. */
export class Pace {
  #each: number | undefined;

  /**
   * Learns that `count` tasks took `ms` together, and a message of `sent` such tasks `postMs` to send. A task that takes
   * longer than thought counts at once.
   */
  learn(count: number, ms: number, sent: number, postMs: number): void {
    // What it cost to send counts, and again to be read there: large arguments make small chunks.
    const each = ms / count + (2 * Math.max(0, postMs - emptyPost)) / sent;
    this.#each = this.#each === undefined ? each : Math.max(each, (this.#each + each) / 2);
  }

  /** Ms that one task is expected to take; a whole message's worth while nothing is known. */
  get each(): number {
    return this.#each ?? target;
  }

  /** Tasks per message. */
  get chunk(): number {
    return Math.min(largestChunk, Math.max(1, Math.floor(target / this.each)));
  }

  /** Tasks below which they are not divided any further. */
  get least(): number {
    return Math.min(largestChunk, Math.max(1, Math.floor(leastWork / this.each)));
  }

  /** True when tasks that together take `ms` fill a message. */
  static full(ms: number): boolean {
    return ms >= target;
  }
}
