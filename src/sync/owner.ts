import { AsyncLocalStorage } from 'node:async_hooks';
import { useScopes } from '../workers/scopes.ts';
import { makeUsual } from './usual.ts';

/**
 * Who one is within a thread: the scope that one runs in. `with` opens one inside the scope of its caller; a task of an
 * executor has one of its own, which is inside no other. The function of a `Thread` or a pool's task that no scope was
 * opened for runs in the thread's own scope. On the main thread there is none: what is held there outside of scopes is
 * known by its guard alone, as nothing tells two tasks apart.
 *
 * Scopes are opened by AsyncLocalStorage.run and never by enterWith, which would leak to what is started next.
 */
export class Scope {
  readonly #outer: Scope | undefined;

  constructor(outer: Scope | undefined) {
    this.#outer = outer;
  }

  /** True when this is that scope, or one inside of it. */
  isWithin(other: Scope | undefined): boolean {
    if (other === undefined) return false;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      if (scope === other) return true;
    }
    return false;
  }
}

const scopes = new AsyncLocalStorage<Scope>();
/** Asking AsyncLocalStorage costs as much as a lock: nobody does before the first scope was opened. */
let wasOpened = false;
let own: Scope | undefined;

/** The scope in which this is called. */
export function scopeHere(): Scope | undefined {
  return wasOpened ? (scopes.getStore() ?? own) : own;
}

/** Whether all that ran on this thread so far ran in the same scope, or in none. */
export function isOneScope(): boolean {
  return !wasOpened;
}

/** Runs `fn` in that scope, and so all it starts. */
export function runIn<R>(scope: Scope, fn: () => R): R {
  wasOpened = true;
  makeUsual(undefined);
  return scopes.run(scope, fn);
}

useScopes({
  ofThread() {
    own = new Scope(undefined);
    makeUsual(undefined);
  },
  ofTask: (fn) => runIn(new Scope(undefined), fn),
});
