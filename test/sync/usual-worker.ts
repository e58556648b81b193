import { parentPort } from 'node:worker_threads';
import { Lock } from '../../src/index.ts';
import { runThread } from '../../src/workers/scopes.ts';

// A lock that is taken before the function of the thread begins, as a module may do that the function imports.
const lock = new Lock();
for (let n = 0; n < 3; n += 1) lock.acquireSync().release();

const use = (): string => {
  lock.acquireSync();
  lock.release();
  return 'released';
};

let outcome: unknown;
try {
  outcome = runThread(use, []);
} catch (error) {
  outcome = (error as Error).message;
}
parentPort!.postMessage(outcome);
