import assert from 'node:assert/strict';
import { channels } from '../../src/timing/events.ts';
import { Recorder, record } from '../../src/timing/recorder.ts';
import { publish, task } from './story.ts';

describe('the recorder', () => {
  it('hears only what happens between start and stop, and sorts it by time', () => {
    const recorder = new Recorder();
    publish(task(1, 'thread 1', [0, 1, 2, 3]));
    recorder.start();
    publish([...task(2, 'thread 1', [6, 7, 8, 9])].reverse());
    recorder.stop();
    publish(task(3, 'thread 1', [0, 1, 2, 3]));
    assert.deepEqual(
      recorder.events.map(({ id, time }) => [id, time]),
      [
        [2, 6],
        [2, 7],
        [2, 8],
        [2, 9],
      ],
    );
  });

  it('leaves nobody listening, so that nothing is published any more', async () => {
    await record(() => assert.equal(channels.task.hasSubscribers, true));
    await assert.rejects(
      record(() => Promise.reject(new RangeError('no'))),
      RangeError,
    );
    for (const channel of Object.values(channels)) assert.equal(channel.hasSubscribers, false);
  });

  it('keeps no more than its limit, and counts the rest', () => {
    const recorder = new Recorder({ limit: 3 });
    recorder.start();
    publish(task(1, 'thread 1', [0, 1, 2, 3]));
    publish(task(2, 'thread 1', [0, 1, 2, 3]));
    recorder.stop();
    assert.deepEqual([recorder.events.length, recorder.dropped, recorder.timeline().dropped], [3, 5, 5]);
  });

  it('can be started again, forgets the first run, and refuses to listen twice', () => {
    const recorder = new Recorder();
    recorder.start();
    assert.throws(() => recorder.start(), /already listens/);
    publish(task(1, 'thread 1', [0]));
    recorder.stop();
    recorder.stop();
    recorder.start();
    recorder.stop();
    assert.deepEqual(recorder.events, []);
  });

  it('refuses a limit that keeps nothing', () => {
    for (const limit of [0, -1, Number.NaN]) assert.throws(() => new Recorder({ limit }), RangeError);
  });

  it('records only its own time when two listen', async () => {
    const outer = await record(async () => {
      publish(task(1, 'thread 1', [0, 1, 2, 3]));
      const inner = await record(() => publish(task(2, 'thread 1', [0, 1, 2, 3])));
      assert.deepEqual(
        inner.tasks.map(({ id }) => id),
        [2],
      );
    });
    assert.deepEqual(
      outer.tasks.map(({ id }) => id),
      [1, 2],
    );
  });
});
