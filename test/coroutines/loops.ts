import assert from 'node:assert/strict';
import { EventLoop } from '../../src/coroutines/event-loop.ts';
import type { LoopSteps } from '../../src/coroutines/loop-task.ts';

/** Longer than anything takes here: whoever sleeps so long is woken by something else. */
export const long = 30_000;

/** A loop, what its tasks noted, and tasks for it. */
export function loopAndLog() {
  const loop = new EventLoop();
  const log: string[] = [];

  /** Sleeps, and notes its steps and its end in whatever way; the cleanup waits too. */
  function* worker(name: string, ms: number, cleanupMs = 0): LoopSteps<string> {
    try {
      log.push(`${name} starts`);
      yield* loop.sleep(ms);
      log.push(`${name} works`);
      return name;
    } finally {
      if (cleanupMs > 0) yield* loop.sleep(cleanupMs);
      log.push(`${name} ends`);
    }
  }

  function* fails(message: string, ms = 0): LoopSteps<never> {
    yield* loop.sleep(ms);
    throw new RangeError(message);
  }

  return { loop, log, worker, fails };
}

/** Handles that keep Node alive, other than those of this test's process itself. */
const handles = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|TCP|Immediate/.test(kind));

/** For a `describe`: no test of it leaves a handle open. */
export function leavesNoHandles(): void {
  let before: string[];
  beforeEach(() => {
    before = handles();
  });
  // What mocha's own timers add and take away is no matter: more than before must not be left.
  afterEach(() => assert.ok(handles().length <= before.length + 1, `left over: ${handles()}`));
}
