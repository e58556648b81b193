import { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakingOff } from './messages.ts';

/** How long the event loop of the main thread may stand still before what runs there is broken off, ms. */
const patience = 60;
/** Between two attempts, ms. */
const pause = 150;

/** What interrupting has to know of the main thread. */
export interface MainThread {
  /** Resolves when the event loop has turned. */
  ping(): Promise<void>;
  compiling(): boolean;
  /** Ends the processes for which the thread may be waiting in native code, where no interrupt reaches it. */
  endBlocking(): Promise<void>;
}

/**
 * Runs on the main thread, within whatever is running there.
 *
 * Breaking off unwinds everything without a `finally`, so what Node would have cleaned up there is cleaned up first:
 * the stack of async ids, which its fatal-exception path clears (left alone, the next callback aborts the process:
 * "async hook stack has become corrupted"), and the immediates that were to run after the present one, which are lost
 * and would keep the event loop spinning.
 */
const cleanUp = `(() => {
  const { executionAsyncResource } = process.getBuiltinModule('node:async_hooks');
  const lost = [];
  const current = executionAsyncResource();
  if (current?.constructor?.name === 'Immediate') {
    for (let next = current._idleNext; next; next = next._idleNext) lost.push(next);
  }
  for (const immediate of lost) {
    const { _onImmediate, _argv } = immediate;
    clearImmediate(immediate);
    setImmediate(_onImmediate, ...(_argv ?? []));
  }
  process._fatalException(Symbol.for(${JSON.stringify(Symbol.keyFor(breakingOff))}));
})()`;

/**
 * Makes the event loop of the main thread turn again: at once when it does so by itself, else by breaking off what
 * runs there, be it a loop, `Atomics.wait`, or a wait for a process. Variables and modules stay.
 */
export async function freeMainThread(main: MainThread): Promise<void> {
  if (await turns(main, patience)) return;
  while (main.compiling()) {
    if (await turns(main, patience)) return;
  }
  const session = new Session();
  session.connectToMainThread();
  try {
    let breaking = false;
    do {
      if (!breaking) {
        breaking = true;
        session.post('Runtime.evaluate', { expression: cleanUp });
        session.post('Runtime.terminateExecution', () => {
          breaking = false;
        });
      }
      await Promise.race([main.endBlocking(), sleep(pause)]);
    } while (!(await turns(main, pause)));
    // A termination that found nothing to end waits for the next callback: give it empty ones.
    for (let round = 0; breaking && round < 100; round += 1) await turns(main, 10);
  } finally {
    session.disconnect();
  }
}

/** Whether the event loop of the main thread turns within `ms`. */
function turns(main: MainThread, ms: number): Promise<boolean> {
  return Promise.race([main.ping().then(() => true), sleep(ms, false)]);
}
