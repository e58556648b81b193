/** Tells apart those that run on one thread: what `src/sync` needs to know who holds a lock. */
export interface Scopes {
  /** All of this thread belongs to one function, that of a `Thread`. */
  ofThread(): void;
  /** Runs a task of an executor in a scope of its own. */
  ofTask<R>(fn: () => R): R;
}

let scopes: Scopes | undefined;
let isThreads = false;

/** Called when locks are loaded; before that nobody needs scopes, and a task does not pay for one. */
export function useScopes(used: Scopes): void {
  scopes = used;
  if (isThreads) used.ofThread();
}

/** The function of a `Thread` is about to run on this thread. */
export function openThread(): void {
  isThreads = true;
  scopes?.ofThread();
}

/** Runs a task of an executor, in a scope of its own if there is a use for one. */
export function runTask<R>(fn: () => R): R {
  return scopes === undefined ? fn() : scopes.ofTask(fn);
}

/** True when `runTask` does more than to call. */
export const hasScopes = (): boolean => scopes !== undefined;
