import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { QueueBroken, QueueClosed } from '../../src/channels/errors.ts';
import { Pipe, PipeEnd } from '../../src/channels/pipe.ts';
import { TimeoutError } from '../../src/executors/errors.ts';
import { start, stderrOf } from './makers.ts';

describe('a pipe on one thread', () => {
  it('brings what one end sends to the other, both ways, in order', async () => {
    const [left, right] = Pipe<number>();
    await left.send(1);
    await left.send(2);
    await right.send(3);
    assert.deepEqual([await right.recv(), await right.recv(), await left.recv()], [1, 2, 3]);
  });

  it('makes a sender wait when it is bounded and full', async () => {
    const [left, right] = Pipe<number>(1);
    await left.send(1);
    await assert.rejects(left.send(2, { timeout: 5 }), TimeoutError);
    await right.send(3, { timeout: 5 });
    await assert.rejects(
      left.recv({ timeout: 5 }).then(() => left.recv({ timeout: 5 })),
      TimeoutError,
    );
    assert.equal(await right.recv(), 1);
  });

  it('is closed from either end: what was sent arrives, then recv and send throw', async () => {
    const [left, right] = Pipe<number>();
    await left.send(1);
    left.close();
    const got: number[] = [];
    for await (const value of right) got.push(value);
    assert.deepEqual(got, [1]);
    await assert.rejects(right.recv(), QueueClosed);
    await assert.rejects(right.send(2), QueueClosed);
    await assert.rejects(left.recv(), QueueClosed);
  });

  it('shows what is in it; ends are made by Pipe alone', () => {
    const [left] = Pipe<number>(2);
    assert.equal(inspect(left), 'PipeEnd { to receive: 0 of 2 inside; sent: 0 of 2 inside }');
    assert.throws(() => Pipe(-1), RangeError);
    assert.throws(() => new (PipeEnd as unknown as new () => unknown)(), /made by Pipe\(\)/);
  });
});

for (const kind of ['Thread', 'Process'] as const) {
  describe(`a pipe to a ${kind}`, () => {
    it('carries questions and answers', async () => {
      const [left, right] = Pipe<number>();
      const answer = async (end: PipeEnd<number>) => {
        for await (const question of end) await end.send(question + 1);
      };
      const worker = start(kind, answer, right);
      for (let n = 0; n < 20; n += 1) {
        await left.send(n);
        assert.equal(await left.recv(), n + 1);
      }
      left.close();
      await worker.join();
      assert.equal(worker.exitCode, 0);
    });

    it('closes with the one who has the other end, after all it sent', async () => {
      const [left, right] = Pipe<number>();
      const talk = async (end: PipeEnd<number>) => {
        for (let n = 0; n < 5; n += 1) void end.send(n);
      };
      const worker = start(kind, talk, right);
      const got: number[] = [];
      for await (const value of left) got.push(value);
      assert.deepEqual(got, [0, 1, 2, 3, 4]);
      await assert.rejects(left.send(1), QueueClosed);
      await worker.join();
    });

    it('is broken for its reader when the other one dies', async () => {
      const [left, right] = Pipe<number>();
      const die = async (end: PipeEnd<number>) => {
        await end.send(1);
        throw new Error('no more');
      };
      const text = await stderrOf(async () => {
        const worker = start(kind, die, right);
        assert.equal(await left.recv(), 1);
        await assert.rejects(left.recv(), (error) => {
          assert.ok(error instanceof QueueBroken);
          assert.match(error.message, /\(die\) ended with exit code 1/);
          return true;
        });
        await worker.join();
      });
      assert.match(text, /no more/);
    });

    it('connects two of them, without the thread that made it', async () => {
      const [left, right] = Pipe<number>(1);
      const [report, told] = Pipe<number>();
      const send = async (end: PipeEnd<number>) => {
        for (let n = 1; n <= 10; n += 1) await end.send(n);
      };
      const add = async (end: PipeEnd<number>, out: PipeEnd<number>) => {
        let sum = 0;
        for await (const n of end) sum += n;
        await out.send(sum);
      };
      const workers = [start(kind, add, right, told), start(kind, send, left)];
      assert.equal(await report.recv(), 55);
      for (const worker of workers) await worker.join();
    });
  });
}

it('the blocking twins of a pipe work in a thread', async () => {
  const [left, right] = Pipe<number>();
  const answer = (end: PipeEnd<number>) => end.sendSync(end.recvSync() * 2);
  const worker = start('Thread', answer, right);
  await left.send(21);
  assert.equal(await left.recv(), 42);
  await worker.join();
  assert.throws(() => left.recvSync(), /write await end\.recv\(…\)/);
});
