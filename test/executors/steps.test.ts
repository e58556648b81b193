import assert from 'node:assert/strict';
import { tenSteps } from '../../src/executors/steps.ts';

describe('the ten steps of a call', function () {
  this.timeout(120_000);

  it('are timed one by one, in order, and give what the function gives', async () => {
    const call = await tenSteps((n: number) => n * 2, 21, { calls: 3 });
    assert.equal(call.value, 42);
    assert.equal(call.steps.length, 10);
    const places = call.steps.map(({ where }) => where);
    assert.deepEqual(places, ['here', 'here', 'pipe', 'child', 'child', 'child', 'child', 'pipe', 'here', 'here']);
    for (const { name, first, later } of call.steps) {
      // A copy is measured by two processes' clocks, which agree to some 10 µs.
      assert.ok(first > -0.1 && later.least > -0.1, `${name}: ${first}, ${later.least}`);
    }
    assert.ok(call.overhead < call.total);
    assert.match(
      String(call),
      /^One call: .+ of it not its run\n[\s\S]*Sent over: \d+ B in the first call, \d+ B in a later one; sent back: 4 B\.$/,
    );
    assert.match(String(call), /10 merge +here/);
  });

  it('sends the function once and the data every time', async () => {
    const data = new Float64Array(10_000).fill(1);
    const call = await tenSteps((numbers: Float64Array) => numbers.reduce((sum, n) => sum + n, 0), data, { calls: 1 });
    assert.equal(call.value, 10_000);
    assert.ok(call.bytes.later > 80_000);
    assert.ok(call.bytes.first > call.bytes.later);
    assert.ok(call.bytes.back < 100);
  });

  it('waits for async functions, and throws what they throw', async () => {
    const call = await tenSteps(async (n: number) => n + 1, 1, { calls: 1 });
    assert.equal(call.value, 2);
    const failing = () => {
      throw new RangeError('not today');
    };
    await assert.rejects(tenSteps(failing, 0, { calls: 1 }), /not today/);
    await assert.rejects(
      tenSteps((n: number) => n, 0, { calls: 0 }),
      /whole number from 1 on, not 0/,
    );
  });
});
