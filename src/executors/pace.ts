/** Ms of work that one message to a worker should hold: enough to make the message cheap, little enough to balance. */
const target = 4;
/** Tasks that one message holds at most. */
export const largestChunk = 4096;

/** How long the tasks of one function take, as measured, and what follows for how many go into a message. */
export class Pace {
  #each: number | undefined;

  /** Learns that `count` tasks took `ms` together. A task that takes longer than thought counts at once. */
  learn(count: number, ms: number): void {
    const each = ms / count;
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

  /** True when tasks that together take `ms` fill a message. */
  static full(ms: number): boolean {
    return ms >= target;
  }
}
