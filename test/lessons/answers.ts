import type { Thread } from '../../src/workers/thread.ts';

/** Pieces that the answers of more than one table are made of. */
export function startEach(threads: Thread[]): void {
  for (const thread of threads) thread.start();
}

export function joinEach(threads: Thread[]): Promise<boolean[]> {
  return Promise.all(threads.map((thread) => thread.join()));
}

export function* nothing() {
  yield* [];
}
