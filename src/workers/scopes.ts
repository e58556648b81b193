/** Tells apart those that run on one thread: what `src/sync` needs to know who holds a lock. */
interface Scopes {
  /** From now on all that is in no scope belongs to one function, that of a `Thread`. */
  ofThread(): void;
  /** Runs a task of an executor in a scope of its own. */
  ofTask<R>(fn: () => R): R;
}

let scopes: Scopes | undefined;
let isThreads = false;

/**
 * The synchronous stretch with which the function of a `Thread` or a task of a pool begins, if it has not ended:
 * nothing else can run on this thread before it does.
 */
export const stretch: { here: object | undefined } = { here: undefined };

/** Called when locks are loaded; before that nobody needs scopes, and a task does not pay for one. */
export function useScopes(used: Scopes): void {
  scopes = used;
  if (isThreads) used.ofThread();
}

/** Runs the function of a `Thread`, to which this thread belongs. */
export function runThread<A extends unknown[], R>(fn: (...args: A) => R, args: A): R {
  isThreads = true;
  scopes?.ofThread();
  stretch.here = {};
  try {
    return fn(...args);
  } finally {
    stretch.here = undefined;
  }
}

/** Runs a task of an executor, in a scope of its own if there is a use for one. */
export function runTask<R>(fn: () => R): R {
  return scopes === undefined ? fn() : scopes.ofTask(fn);
}

/** As `runTask`, for a worker, in which a task begins when nothing else runs. */
export function runWorkerTask<R>(fn: () => R): R {
  if (scopes === undefined) return fn();
  return scopes.ofTask(() => {
    stretch.here = {};
    try {
      return fn();
    } finally {
      stretch.here = undefined;
    }
  });
}
