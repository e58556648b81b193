import assert from 'node:assert/strict';
import { pidsOfChildren } from '../../src/workers/children.ts';
import { Process } from '../../src/workers/process.ts';
import { Thread } from '../../src/workers/thread.ts';

const spin = () => {
  for (;;);
};

// One test body for both: the constructors have one shape.
function both(
  name: string,
  use: (
    make: <A extends unknown[]>(fn: (...args: A) => unknown, ...args: A) => Thread<A> | Process<A>,
  ) => Promise<void>,
) {
  it(`${name}: Thread`, () => use((fn, ...args) => new Thread(fn, ...args)));
  it(`${name}: Process`, () => use((fn, ...args) => new Process(fn, ...args)));
}

describe('Thread and Process', () => {
  both('run a function with arguments and end with code 0', async (make) => {
    const shared = make(
      (a: number, b: number) => {
        if (a + b !== 3) process.exit(9);
      },
      1,
      2,
    );
    assert.equal(shared.alive, false);
    assert.equal(shared.exitCode, null);
    shared.start();
    assert.equal(shared.alive, true);
    assert.equal(await shared.join(), true);
    assert.equal(shared.alive, false);
    assert.equal(shared.exitCode, 0);
  });

  both('give the exit code of the function', async (make) => {
    const worker = make(() => process.exit(5));
    worker.start();
    await worker.join();
    assert.equal(worker.exitCode, 5);
  });

  both('end with code 13 when the function waits and nothing is left that could wake it', async (make) => {
    const worker = make(async () => {
      console.error = () => {};
      await new Promise(() => {});
    });
    worker.start();
    await worker.join();
    assert.equal(worker.exitCode, 13);
  });

  both('start once, and are joined only when started', async (make) => {
    const worker = make(() => {});
    await assert.rejects(worker.join(), /call start\(\) first/);
    worker.start();
    assert.throws(() => worker.start(), /started before/);
    await worker.join();
  });

  both('are ended by terminate; join tells whether they have ended', async (make) => {
    const worker = make(spin);
    worker.start();
    assert.equal(await worker.join(30), false);
    assert.equal(worker.alive, true);
    worker.terminate();
    assert.equal(await worker.join(), true);
    assert.equal(worker.exitCode, worker instanceof Thread ? 1 : -15);
  });

  it('are not left behind when an argument cannot be copied', async () => {
    const gone = new ArrayBuffer(8);
    structuredClone(gone, { transfer: [gone] });
    for (const Worker of [Thread, Process]) {
      assert.throws(() => new Worker((_: ArrayBuffer) => {}, gone).start(), /detached/);
    }
    while (pidsOfChildren().length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  both('are waited for as long as it takes when join is given Infinity', async (make) => {
    const worker = make(() => {});
    worker.start();
    assert.equal(await worker.join(Number.POSITIVE_INFINITY), true);
  });

  it('take the shape { target, args, name }', async () => {
    const thread = new Thread({ target: (n: number) => process.exit(n), args: [4], name: 'four' });
    assert.equal(thread.name, 'four');
    thread.start();
    await thread.join();
    assert.equal(thread.exitCode, 4);
  });
});
