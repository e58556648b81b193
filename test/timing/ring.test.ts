import assert from 'node:assert/strict';
import type { RecordedEvent } from '../../src/timing/events.ts';
import { Ring } from '../../src/timing/ring.ts';

const event = (id: number, more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  kind: 'waiting',
  time: id / 7,
  lane: 'thread 1',
  id,
  ...more,
});

function readAll(ring: Ring): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  ring.readAll((each) => events.push(each));
  return events;
}

describe('the ring of events', () => {
  it('gives every event as it was, in its order, once, to another view of its memory', () => {
    const ring = new Ring();
    const events: RecordedEvent[] = [
      event(1, { name: 'lock 1' }),
      event(2, { kind: 'acquired', ok: false, name: 'schloß 🔒', lane: 'thread 1.1' }),
      { kind: 'released', time: 1e9 + 0.125, lane: 'thread 1' },
      event(5 * 2 ** 32 + 3, { kind: 'started', message: 7, name: 'lock 1' }),
      event(4, { kind: 'submitted', ok: true, name: '' }),
    ];
    for (const each of events) ring.write(each);
    const reader = new Ring(ring.memory);
    assert.deepEqual(readAll(reader), events);
    assert.deepEqual(readAll(reader), []);
  });

  it('keeps the first events when there is no room, counts the others, and goes on when there is room again', () => {
    const ring = new Ring();
    const reader = new Ring(ring.memory);
    for (let id = 1; id <= 20_000; id += 1) ring.write(event(id));
    const kept = readAll(reader);
    assert.deepEqual(
      kept.map(({ id }) => id),
      Array.from({ length: kept.length }, (_, index) => index + 1),
    );
    assert.ok(kept.length > 1000);
    assert.equal(reader.takeLost(), 20_000 - kept.length);
    assert.equal(reader.takeLost(), 0);
    ring.write(event(30_000));
    assert.deepEqual(readAll(reader), [event(30_000)]);
  });

  it('keeps events whose names have no room any more, without their names', () => {
    const ring = new Ring();
    for (let id = 1; id <= 1000; id += 1) ring.write(event(id, { name: `${id} `.repeat(100) }));
    const names = readAll(ring).map(({ name }) => name);
    assert.equal(names.length, 1000);
    assert.equal(names[0], '1 '.repeat(100));
    assert.equal(names.at(-1), undefined);
  });

  it('goes on when its counts go round', () => {
    const ring = new Ring();
    const words = new Int32Array(ring.memory);
    words[0] = 2 ** 31 - 2;
    words[1] = 2 ** 31 - 2;
    for (let id = 1; id <= 5; id += 1) ring.write(event(id));
    assert.deepEqual(
      readAll(ring).map(({ id }) => id),
      [1, 2, 3, 4, 5],
    );
    assert.equal(ring.takeLost(), 0);
  });
});
