import { setTimeout as pause } from 'node:timers/promises';

/** Longer than anything takes here: who waits so long is told to stop. */
export const long = 30_000;

/** Counts how many are inside at the same time. */
export function crowd() {
  const seen = { inside: 0, most: 0, begun: 0 };
  const enter = async <T>(value: T, ms = 1, signal?: AbortSignal): Promise<T> => {
    seen.begun += 1;
    seen.inside += 1;
    seen.most = Math.max(seen.most, seen.inside);
    try {
      await pause(ms, undefined, { signal });
      return value;
    } finally {
      seen.inside -= 1;
    }
  };
  return { seen, enter };
}
