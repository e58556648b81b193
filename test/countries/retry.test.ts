import assert from 'node:assert/strict';
import { parseRetryAfter, waitBefore } from '../../src/countries/retry.ts';

describe('retries', () => {
  it('reads Retry-After in seconds and as a date', () => {
    const clock = () => Date.parse('Wed, 21 Oct 2015 07:28:00 GMT');
    assert.equal(parseRetryAfter('2'), 2000);
    assert.equal(parseRetryAfter('Wed, 21 Oct 2015 07:28:30 GMT', clock), 30_000);
    assert.equal(parseRetryAfter('Wed, 21 Oct 2015 07:27:30 GMT', clock), 0);
    for (const nothing of [undefined, '', 'soon', '-5x']) assert.equal(parseRetryAfter(nothing), undefined);
  });

  it('waits longer each time, at random, up to ten seconds, and never less than was asked', () => {
    const longest = () => 1;
    assert.deepEqual(
      [1, 2, 3, 20].map((n) => waitBefore(n, 100, 0, longest)),
      [100, 200, 400, 10_000],
    );
    assert.equal(
      waitBefore(3, 100, 0, () => 0),
      0,
    );
    assert.equal(
      waitBefore(1, 100, 2000, () => 0.5),
      2050,
    );
  });
});
