/**
 * The queue or pipe is closed: nothing more can be put, and all that was in it has been taken.
 *
 * @example
 * queue.close();
 * await queue.put(1).catch((error) => error instanceof QueueClosed); // true
 */
export class QueueClosed extends Error {
  override readonly name: string = 'QueueClosed';
}

/**
 * Waiting has no end: those who could have put something (or taken something, for one that waits for room) have died,
 * or the thread that made the queue has ended.
 */
export class QueueBroken extends Error {
  override readonly name: string = 'QueueBroken';
}
