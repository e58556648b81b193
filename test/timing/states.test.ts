import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lanesOf } from '../../src/timing/lanes.ts';
import { columnsOf, merged, segmentsOf } from '../../src/timing/states.ts';
import { task, wait, worker } from './story.ts';

function segments(events: Parameters<typeof lanesOf>[0], end: number) {
  const lane = lanesOf(events).find(({ name }) => name === 'thread 1')!;
  return segmentsOf(lane, 0, end).map(({ state, from, to }) => [state, from, to]);
}

describe('the states of a lane', () => {
  it('follow a task from start-up to reply', () => {
    const events = [...worker('thread 1', 0, 20), ...task(1, 'thread 1', [5, 25, 60, 70])];
    assert.deepEqual(segments(events, 80), [
      ['start-up', 0, 20],
      ['queue', 20, 25],
      ['run', 25, 60],
      ['reply', 60, 70],
    ]);
  });

  it('show one at a time: a run hides the queue behind it, a wait hides its run', () => {
    const events = [
      ...task(1, 'thread 1', [0, 10, 50, 50]),
      ...task(2, 'thread 1', [0, 55, 60, 60]),
      ...wait(3, 'thread 1', [20, 30]),
    ];
    assert.deepEqual(segments(events, 60), [
      ['queue', 0, 10],
      ['run', 10, 20],
      ['wait', 20, 30],
      ['run', 30, 50],
      ['queue', 50, 55],
      ['run', 55, 60],
    ]);
  });

  it('keep two runs apart that follow each other at once', () => {
    const events = [...task(1, 'thread 1', [undefined, 0, 10]), ...task(2, 'thread 1', [undefined, 10, 20])];
    assert.deepEqual(segments(events, 20), [
      ['run', 0, 10],
      ['run', 10, 20],
    ]);
  });

  it('never overlap, never leave the timeline, and cover all that ran', () => {
    const time = fc.integer({ min: 0, max: 100 });
    const life = fc.tuple(time, time, time, time).map((times) => times.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(life, { maxLength: 8 }), (lives) => {
        const events = lives.flatMap((times, id) => task(id, 'thread 1', times));
        const lane = lanesOf(events).find(({ name }) => name === 'thread 1');
        if (!lane) return;
        const found = segmentsOf(lane, 0, 100);
        for (const [index, { from, to }] of found.entries()) {
          assert.ok(from < to && from >= (found[index - 1]?.to ?? 0) && to <= 100);
        }
        for (const [, started, finished] of lives) {
          for (let at = started!; at < finished!; at++) {
            assert.ok(
              found.some(({ state, from, to }) => state === 'run' && from <= at && at < to),
              `no run at ${at}`,
            );
          }
        }
      }),
    );
  });

  it('become columns by majority, and a lone short run is still seen', () => {
    const alone = [{ state: 'run', from: 500, to: 501 }] as const;
    assert.deepEqual(columnsOf(alone, 1000, 10).indexOf('run'), 5);
    const half = [
      { state: 'run', from: 0, to: 30 },
      { state: 'reply', from: 30, to: 100 },
    ] as const;
    assert.deepEqual(columnsOf(half, 100, 2), ['run', 'reply']);
  });

  it('merge into fewer bars that cover the same stretch', () => {
    const tiny = Array.from({ length: 1000 }, (_, index) => ({ state: 'run' as const, from: index, to: index + 0.9 }));
    assert.deepEqual(merged(tiny, 1000, 100), [{ state: 'run', from: 0, to: 1000 }]);
  });
});
