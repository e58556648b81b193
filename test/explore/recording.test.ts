import assert from 'node:assert/strict';
import { fromRecording, record, ThreadPoolExecutor, withExecutor } from '../../src/index.ts';
import { displaySymbol } from '../../src/show/display.ts';
import type { RecordedEvent } from '../../src/timing/events.ts';

/** One stay of a thread in a lock. */
function stay(id: number, lane: string, from: number, to: number, name = 'door'): RecordedEvent[] {
  return [
    { kind: 'acquired', time: from, lane, id, name },
    { kind: 'released', time: to, lane, id, name },
  ];
}

/** Stays until all of two are there: so they were inside together, however the threads were scheduled. */
function meet(there: Int32Array): void {
  Atomics.add(there, 0, 1);
  Atomics.notify(there, 0);
  while (Atomics.load(there, 0) < 2) Atomics.wait(there, 0, 1, 1000);
}

describe('fromRecording', () => {
  it('counts who came in while another was inside', () => {
    const found = fromRecording(
      [
        ...stay(1, 'thread 1', 0, 10),
        ...stay(1, 'thread 2', 5, 20),
        ...stay(1, 'thread 3', 8, 9),
        ...stay(2, 'thread 1', 21, 22, 'another door'),
      ],
      'door',
    );
    assert.deepEqual([found.stays.length, found.overlaps, found.most], [3, 2, 3]);
    assert.match(
      String(found),
      /^3 threads went into door, 3 times in all: 2 while another was inside, 3 at once at most\./,
    );
    const { 'text/html': html = '', 'text/plain': text = '' } = found[displaySymbol]();
    assert.match(html, /<svg[^>]* role="img"/);
    assert.match(text, /2 .*✗ enters .* 5\.00 ms; inside: thread 1, thread 2$/);
  });

  it('does not count who comes in at the moment at which another leaves', () => {
    const found = fromRecording([...stay(1, 'thread 1', 0, 10), ...stay(1, 'thread 2', 10, 20)]);
    assert.deepEqual([found.overlaps, found.most], [0, 1]);
    assert.match(String(found), /never two at once/);
  });

  it('counts who came in and left at one moment', () => {
    const found = fromRecording([
      ...stay(1, 'thread 1', 0, 10),
      ...stay(1, 'thread 2', 5, 5),
      ...stay(1, 'thread 3', 8, 9),
    ]);
    assert.deepEqual([found.overlaps, found.most], [2, 2]);
  });

  it('tells of a run without any', () => {
    assert.match(String(fromRecording([], 'door')), /0 threads went into door, 0 times in all: never two at once/);
  });

  it('reads a real run of real threads', async function () {
    this.timeout(120_000);
    const there = new Int32Array(new SharedArrayBuffer(4));
    const found = await withExecutor(new ThreadPoolExecutor(2), async (pool) => {
      await pool.warmUp();
      return fromRecording(
        await record(() => Promise.all([pool.submit(meet, there), pool.submit(meet, there)])),
        'meet',
      );
    });
    assert.deepEqual([found.stays.length, found.overlaps, found.most], [2, 1, 2]);
    assert.notEqual(found.stays[0]!.lane, found.stays[1]!.lane);
  });
});
