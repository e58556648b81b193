import assert from 'node:assert/strict';
import { CancelledError } from '../../src/executors/errors.ts';
import { Job } from '../../src/executors/job.ts';

class Noted extends Job {
  settles = 0;

  protected settled(): void {
    this.settles += 1;
  }
}

const job = (): Noted => new Noted({ name: 'task' }, [], { cancel: () => true }, 1);

describe('a job', () => {
  it('stays cancelled when the news that it began comes after that', () => {
    const cancelled = job();
    cancelled.abandon(new CancelledError('enough'), 2);
    cancelled.run('worker 1', 3);
    cancelled.finish(true, 5, 3, 4, 4);
    assert.deepEqual([cancelled.state, cancelled.over, cancelled.started], ['cancelled', true, 0]);
    assert.equal(cancelled.settles, 1);
  });

  it('that was given back begins again', () => {
    const again = job();
    again.run('worker 1', 2);
    again.requeue();
    assert.deepEqual([again.state, again.started], ['waiting', 0]);
    again.run('worker 2', 3);
    again.finish(true, 5, 3, 4, 4);
    assert.deepEqual([again.state, again.outcome, again.lane], ['finished', 5, 'worker 2']);
  });
});
