import { AsyncLocalStorage } from 'node:async_hooks';
import { stretch } from '../workers/scopes.ts';

/** One synchronous turn of one task; it is over when its code has returned or awaits. */
interface Turn {
  isLive: boolean;
}

const turns = new AsyncLocalStorage<Turn>();

/**
 * The turn that runs now, an object of its own. In the first stretch of a function it is known; later on the first who
 * asks marks it, and a microtask ends it. As others may run before that microtask, the mark is also bound to the task,
 * by enterWith: what leaks to those who are started in the turn is of no use to them after it.
 */
export function turnHere(): object {
  return stretch.here ?? markedTurn();
}

function markedTurn(): Turn {
  const known = turns.getStore();
  if (known?.isLive) return known;
  const turn = { isLive: true };
  turns.enterWith(turn);
  queueMicrotask(() => {
    turn.isLive = false;
  });
  return turn;
}
