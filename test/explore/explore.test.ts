import assert from 'node:assert/strict';
import { explore } from '../../src/explore/explore.ts';
import { until } from '../../src/explore/point.ts';
import { displaySymbol } from '../../src/show/display.ts';

interface Count {
  count: number;
}
function* add(s: Count) {
  const read = s.count;
  yield 'read';
  const sum = read + 1;
  yield 'add';
  s.count = sum;
  return 'write';
}
const counting = (threads: number) => ({
  state: () => ({ count: 0 }),
  threads: new Array<typeof add>(threads).fill(add),
  atEnd: (s: Count) => s.count === threads || 'lose an update',
});

describe('explore', () => {
  it('runs all 20 interleavings of two threads of three steps, and 18 lose an update', () => {
    const found = explore(counting(2));
    assert.deepEqual([found.interleavings, found.losing, found.complete, found.right], [20, 18, true, false]);
    assert.match(
      String(found),
      /^20 interleavings of 2 threads × 3 steps, 18 lose an update; shortest: A A B B B A; reproduced 10 of 10\./,
    );
  });

  it('runs all 1680 interleavings of three threads, and 1674 lose an update', () => {
    const found = explore(counting(3));
    assert.deepEqual([found.interleavings, found.losing], [1680, 1674]);
  });

  it('shows the shortest losing schedule as lanes, with its text twin', () => {
    const found = explore(counting(2));
    assert.equal(found.shortest?.switches, 2);
    assert.deepEqual(
      found.shortest.steps.map(({ thread, what }) => `${thread} ${what}`),
      ['A read', 'A add', 'B read', 'B add', 'B write', 'A write'],
    );
    const { 'text/html': html = '', 'text/plain': text = '' } = found[displaySymbol]();
    assert.match(html, /<svg[^>]* role="img" aria-labelledby="(\S+)-t \1-d"[^>]*><title id="\1-t">.*<desc id="\1-d">/);
    assert.match(html, /✗ write/, 'what goes wrong has a sign beside its colour');
    assert.match(text, /6 {2}✗ write {2}· +count: 1$/);
  });

  it('tells who waits for what in a deadlock', () => {
    const found = explore({
      state: () => ({ ready: false }),
      threads: {
        *one(s) {
          yield until(() => s.ready, 'the other');
        },
        *two() {},
      },
    });
    assert.deepEqual([found.interleavings, found.deadlocks], [1, 1]);
    assert.match(String(found), /1 can deadlock \(one waits for the other\)/);
  });
});
