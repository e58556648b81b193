import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { takeChunk } from '../../src/executors/chunk.ts';
import type { PoolCall, PoolJob } from '../../src/executors/hand.ts';
import { Job } from '../../src/executors/job.ts';
import { JobQueue } from '../../src/executors/job-queue.ts';
import { largestChunk, Pace } from '../../src/executors/pace.ts';
import { shipFunction } from '../../src/shipping/index.ts';

class Waiting extends Job {
  protected settled(): void {}
}

/** The sizes of the messages in which `count` tasks go to two workers. */
function sizes(count: number, pace: Pace): number[] {
  const call: PoolCall = { name: 'task', shipment: shipFunction(() => {}, 'thread'), pace };
  const queue = new JobQueue<PoolJob>();
  for (let index = 0; index < count; index += 1) {
    queue.push(new Waiting(call, [index], { cancel: () => false }, undefined) as Job as PoolJob);
  }
  const found: number[] = [];
  while (queue.peek() !== undefined) found.push(takeChunk(queue, 2, Number.POSITIVE_INFINITY).length);
  return found;
}

/** A pace that has learned it from one message. */
function paceOf({ count = 1000, each, postMs = 0 }: { count?: number; each: number; postMs?: number }): Pace {
  const pace = new Pace();
  pace.learn(count, count * each, count, postMs);
  return pace;
}

describe('the tasks of one message', () => {
  it('are one as long as nobody knows how long they take', () => {
    assert.deepEqual(sizes(3, new Pace()), [1, 1, 1]);
  });

  it('are half of what is left, down to as few as pay for no message of their own', () => {
    assert.deepEqual(sizes(4000, paceOf({ each: 0.0005 })), [2000, 1000, 500, 400, 100]);
  });

  it('are no more than fill a message, and one each when they are long', () => {
    assert.deepEqual(sizes(24, paceOf({ each: 1 })), [4, 4, 4, 4, 4, 2, 1, 1]);
    assert.deepEqual(sizes(3, paceOf({ each: 10 })), [1, 1, 1]);
  });

  it('are not thought long because a message of few was sent, but because theirs were large', () => {
    assert.equal(paceOf({ count: 1, each: 0.0001, postMs: 0.04 }).chunk, largestChunk);
    assert.equal(paceOf({ count: 1, each: 0.0001, postMs: 4 }).chunk, 1);
  });
});
