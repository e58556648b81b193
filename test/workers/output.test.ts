import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { cpuTime } from '../../src/timing/cpu.ts';
import { Process } from '../../src/workers/process.ts';
import { Thread } from '../../src/workers/thread.ts';
import { recorded } from '../executors/recorded.ts';
import { inCell } from '../show/cell.ts';
import { printedBy } from './printed.ts';

type Target = (...args: never[]) => unknown;
interface Order {
  readonly target: Target;
  readonly args?: readonly unknown[];
  readonly name?: string;
}

const kinds = {
  thread: (order: Order) => new Thread(order as never),
  process: (order: Order) => new Process(order as never),
};
const spin = () => {
  for (;;);
};

for (const [kind, make] of Object.entries(kinds)) {
  describe(`what a ${kind} prints`, () => {
    it('is all here, in order, when join returns', async () => {
      const { out } = await printedBy(async () => {
        const worker = make({
          target: (n: number) => {
            for (let line = 0; line < n; line += 1) console.log(line);
          },
          args: [2000],
        });
        worker.start();
        await worker.join();
      });
      assert.equal(out, Array.from({ length: 2000 }, (_, line) => `${line}\n`).join(''));
    });

    it('is all here when it exits in the middle', async () => {
      const { out } = await printedBy(async () => {
        const worker = make({
          target: () => {
            console.log('last words');
            process.exit(3);
          },
        });
        worker.start();
        await worker.join();
        assert.equal(worker.exitCode, 3);
      });
      assert.equal(out, 'last words\n');
    });

    it('says which error ended it, where it came from, with exit code 1', async () => {
      for (const fails of [
        () => {
          throw new RangeError('too far');
        },
        async () => {
          await null;
          throw new RangeError('too far');
        },
        () =>
          void setTimeout(() => {
            throw new RangeError('too far');
          }),
      ]) {
        const { err } = await printedBy(async () => {
          const worker = make({ target: fails, name: 'far' });
          worker.start();
          await worker.join();
          assert.equal(worker.exitCode, 1);
        });
        assert.match(err, new RegExp(`^${kind} \\d+ \\(far\\): RangeError: too far\\n`));
        assert.equal(err.match(/too far/g)?.length, 1);
        assert.doesNotMatch(err, /node:|carryOut/);
      }
    });
  });

  describe(`the events of a ${kind}`, () => {
    it('are those of a worker and of its one task', async () => {
      const events = await recorded(async () => {
        const worker = make({ target: () => {}, name: 'short' });
        worker.start();
        await worker.join();
      });
      const lane = `${kind} 1`;
      assert.deepEqual(
        events
          .sort((a, b) => a.time - b.time)
          .filter((event) => event.lane === lane)
          .map((event) => event.kind),
        ['spawned', 'ready', 'started', 'finished', 'exited'],
      );
      const ends = events.filter((event) => event.lane === 'main').map((event) => event.kind);
      assert.deepEqual(ends, ['submitted', 'received']);
    });
  });

  describe(`an interrupt of the cell that started a ${kind}`, () => {
    it('ends it', () =>
      inCell(async ({ ends, interrupt }) => {
        const worker = make({ target: spin });
        worker.start();
        interrupt();
        await worker.join();
        assert.notEqual(worker.exitCode, 0);
        assert.equal(ends.size, 0);
      }));
  });

  describe(`a ${kind} that has ended`, () => {
    it('leaves nothing behind', async () => {
      const once = async () => {
        const worker = make({ target: () => {} });
        worker.start();
        await worker.join();
      };
      await once();
      const left = () => process.getActiveResourcesInfo().sort();
      // Handles take some turns of the event loop to close.
      const turns = async (enough: () => boolean) => {
        for (let turn = 0; turn < 1000 && !enough(); turn += 1) await new Promise(setImmediate);
      };
      await turns(() => !left().some((resource) => /Process|Worker|MessagePort/.test(resource)));
      const before = left();
      for (let n = 0; n < 5; n += 1) await once();
      await turns(() => isDeepStrictEqual(left(), before));
      assert.deepEqual(left(), before);
    });
  });
}

describe('the CPU time of a process', () => {
  it('counts here when it has ended', async () => {
    const burn = () => {
      while (process.cpuUsage().user < 100_000);
    };
    const before = cpuTime();
    const child = new Process(burn);
    child.start();
    await child.join();
    assert.ok(cpuTime() - before >= 100);
  });
});
