import { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { Breaking, breakingOff, State, stateName } from './messages.ts';

/** How long the event loop of the main thread may stand still before what runs there is broken off, ms. */
const usualPatience = 60;
/** How long work that must not be broken off is waited for: a compilation, or the loading of modules, ms. */
const criticalPatience = 3000;
/** Between two looks at a thread that does not react, ms. */
const pause = 150;
/** After a refusal, ms. */
const retry = 5;
/** How often Node's own code is left to finish its step. */
const courtesies = 10;

/** What interrupting has to know of the main thread. */
interface MainThread {
  readonly state: Int32Array;
  /** Resolves when the event loop has turned. */
  ping(): Promise<void>;
  /** Ends the processes for which the thread may be waiting in native code, where no interrupt reaches it. */
  endBlocking(): Promise<void>;
}

/**
 * Runs on the main thread, within whatever is running there, before that is broken off; refuses when that is critical,
 * or in the part of Node that is about to change async ids (a few more steps run before the breaking off strikes).
 *
 * Breaking off unwinds everything without a `finally`, so what Node does there is done here. First the stack of async
 * ids, which Node's fatal-exception path clears; left alone, the next callback aborts the process ("async hook stack
 * has become corrupted"). Then, within an immediate, Node's list of immediates: the present one may be visited once
 * more, so it is made a harmless one, with the count of immediates raised by the one that it takes off again (by one
 * that is counted and then unlinked); those behind it may be lost, so they are put in anew. At the end it waits for the
 * breaking off to be on its way: nothing else may run in between.
 */
const prepare = (spareNode: boolean, spareCritical: boolean): string => `(() => {
  const state = globalThis[${named(stateName)}];
  const [frame = ''] = new Error().stack.split('\\n').slice(1).filter((line) => !/at <anonymous>:\\d/.test(line));
  const isNodes = /node:(internal\\/)?(process\\/task_queues|async_hooks|timers)/.test(frame);
  const isCritical = (${spareNode} && isNodes) || (${spareCritical} && Atomics.load(state, ${State.critical}) > 0);
  const answer = isCritical ? ${Breaking.refused} : ${Breaking.ready};
  if (Atomics.compareExchange(state, ${State.breaking}, ${Breaking.asked}, answer) !== ${Breaking.asked}) return;
  if (isCritical) return void Atomics.notify(state, ${State.breaking});
  const nothing = () => {};
  const current = process.getBuiltinModule('node:async_hooks').executionAsyncResource();
  if (current?.constructor?.name === 'Immediate') {
    const behind = [];
    for (let next = current._idleNext; next; next = next._idleNext) behind.push(next);
    current._destroyed = false;
    current._onImmediate = nothing;
    const [before, counted, after] = [0, 1, 2].map(() => setImmediate(nothing));
    counted.unref();
    before._idleNext = after;
    after._idlePrev = before;
    for (const immediate of behind) {
      const { _onImmediate, _argv } = immediate;
      clearImmediate(immediate);
      if (_onImmediate) setImmediate(_onImmediate, ...(_argv ?? []));
    }
  }
  process._fatalException(${named(breakingOff)});
  Atomics.notify(state, ${State.breaking});
  const start = performance.now();
  while (Atomics.load(state, ${State.breaking}) === ${Breaking.ready} && performance.now() - start < 1000);
})()`;

function named(symbol: symbol): string {
  return `Symbol.for(${JSON.stringify(Symbol.keyFor(symbol))})`;
}

/**
 * Makes the event loop of the main thread turn again: at once when it does so by itself, else by breaking off what
 * runs there, be it a loop, `Atomics.wait`, or a wait for a process. Variables and modules stay.
 */
export async function freeMainThread(main: MainThread, patience = usualPatience): Promise<void> {
  if (await turns(main, patience)) return;
  const { state } = main;
  const session = new Session();
  session.connectToMainThread();
  const start = performance.now();
  let broken = true;
  try {
    for (let round = 0, free = false; !free; round += 1) {
      Atomics.store(state, State.breaking, Breaking.asked);
      const expression = prepare(round < courtesies, performance.now() - start < criticalPatience);
      session.post('Runtime.evaluate', { expression });
      const answered = Atomics.waitAsync(state, State.breaking, Breaking.asked, pause);
      void main.endBlocking();
      await answered.value;
      const isReady = Atomics.load(state, State.breaking) === Breaking.ready;
      if (isReady) {
        broken = false;
        session.post('Runtime.terminateExecution', () => {
          broken = true;
        });
        Atomics.store(state, State.breaking, Breaking.off);
      }
      free = await turns(main, isReady ? pause : retry);
    }
    // What was asked and not begun need no longer be done; a termination that found nothing to end waits for the next
    // callback: give it empty ones.
    Atomics.store(state, State.breaking, Breaking.off);
    for (let round = 0; !broken && round < 100; round += 1) await turns(main, 10);
  } finally {
    session.disconnect();
  }
}

/** Whether the event loop of the main thread turns within `ms`. */
function turns(main: MainThread, ms: number): Promise<boolean> {
  return Promise.race([main.ping().then(() => true), sleep(ms, false)]);
}
