import { registerShippable } from '../shipping/index.ts';

/**
 * The thread that held the lock ended without releasing it: what the lock guards may be half changed. Everybody who
 * wants the lock gets this, until somebody has looked after the state and called `recover()`.
 */
export class LockOwnerDied extends Error {
  override readonly name: string = 'LockOwnerDied';
  /** Who held it, such as `thread 2`. */
  readonly owner: string;

  constructor(lock: string, owner: string) {
    super(`${owner} ended while it held ${lock}; put in order what it guards, then call recover()`);
    this.owner = owner;
  }
}

registerShippable('LockOwnerDied', LockOwnerDied, undefined, import.meta.url);
