import assert from 'node:assert/strict';
import { ProcessEngine } from '../../src/executors/engine-processes.ts';
import type { WorkerDied } from '../../src/executors/errors.ts';
import { pidsOfChildren } from '../../src/workers/children.ts';

const batch = {
  batch: 1,
  definitions: undefined,
  functions: 'none',
  args: [1],
  single: true,
  shipped: false,
  transferResult: false,
  announce: false,
};

describe('the engine of a process', () => {
  it('ends, though a message fails meanwhile as the process is dead', async () => {
    const before = new Set(pidsOfChildren());
    const engine = new ProcessEngine();
    let death: WorkerDied | undefined;
    const died = (why: WorkerDied): void => {
      death = why;
    };
    const link = await engine.connect({ report: () => {}, died }, 'process 1');
    const pid = pidsOfChildren().find((each) => !before.has(each))!;
    process.kill(pid, 'SIGKILL');
    // It is dead before this thread can hear of it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    link.send(batch, [], []);
    await engine.destroy();
    assert.equal(death?.signal, 'SIGKILL');
    assert.deepEqual(pidsOfChildren(), [...before]);
  });
});
