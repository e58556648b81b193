import assert from 'node:assert/strict';
import {
  type Costs,
  costOf,
  decide,
  type EngineName,
  judgedOn,
  onOneCore,
  paysFrom,
} from '../../src/executors/choose-decide.ts';

const three = (ms: number | readonly number[]): readonly number[] => (typeof ms === 'number' ? [ms, ms, ms] : ms);
const costs = (engine: EngineName, start: number, each: number | readonly number[], cpu = each): Costs => ({
  engine,
  start,
  each: three(each),
  cpuEach: three(cpu),
});
const computes = [costs('serial', 0, 10), costs('threads', 60, 5.2, 10.4), costs('processes', 90, 5.1, 10.5)];
const waits = [costs('serial', 0, 40, 0.1), costs('async', 0, 2.5, 0.1), costs('threads', 60, 20, 0.1)];

describe('the choice among engines, from their costs', () => {
  it('takes the simplest of those that are equally fast', () => {
    assert.deepEqual(decide(computes, 1000), { engine: 'threads', close: ['processes'] });
    assert.deepEqual(decide([costs('serial', 0, 10), costs('threads', 0, 9.5)], 1000), {
      engine: 'serial',
      close: ['threads'],
    });
  });

  it('counts the start: a few items stay at home', () => {
    assert.equal(decide(computes, 10).engine, 'serial');
    assert.equal(decide(computes, 30).engine, 'threads');
    assert.equal(paysFrom(computes[1]!, computes[0]!, 10), 13);
    assert.ok(Math.min(...costOf(computes[1]!, 13, 10)) < 13 * 10);
    assert.ok(Math.min(...costOf(computes[1]!, 12, 10)) > 12 * 10);
  });

  it('lets waits overlap on one thread, also on one core', () => {
    assert.deepEqual(decide(waits, 1000), { engine: 'async', close: [] });
    assert.equal(decide(onOneCore(waits, false), 1000).engine, 'async');
    assert.equal(paysFrom(waits[2]!, waits[1]!, 40), Number.POSITIVE_INFINITY);
  });

  it('does not overlap one item with itself', () => {
    assert.deepEqual(costOf(waits[1]!, 1, 40), [40, 40, 40]);
    assert.equal(decide(waits, 1).engine, 'serial');
  });

  it('expects nothing of workers on one core', () => {
    assert.equal(decide(onOneCore(computes, true), 1e6).engine, 'serial');
    const native = [costs('serial', 0, 10), costs('async', 0, 5, 10), costs('threads', 60, 5, 10)];
    assert.equal(decide(native, 1000).engine, 'async');
    assert.equal(decide(onOneCore(native, true), 1000).engine, 'serial');
  });

  it('takes no worker on a machine of one core, though it was quicker', () => {
    const quicker = [costs('serial', 0, 10), costs('threads', 60, 8.5)];
    assert.equal(decide(judgedOn(1, quicker, true), 1e6).engine, 'serial');
    assert.equal(decide(judgedOn(2, quicker, true), 1e6).engine, 'threads');
    const [home, pool] = judgedOn(1, quicker, true);
    assert.equal(paysFrom(pool!, home!, 10), Number.POSITIVE_INFINITY);
    assert.equal(decide(judgedOn(1, waits, false), 1000).engine, 'async');
  });

  it('judges one core by CPU time where that is all there is, not by a machine busy with other things', () => {
    const busy = [costs('serial', 0, 30, 10), costs('threads', 60, 12, 9)];
    assert.equal(decide(onOneCore(busy, true), 1e6).engine, 'serial');
  });

  it('asks for every round, and says so when they do not agree', () => {
    const noisy = [costs('serial', 0, [10, 10, 10]), costs('threads', 0, [5, 5, 12])];
    assert.deepEqual(decide(noisy, 1000), { engine: 'serial', close: ['threads'] });
    // A busy moment in the same round is no disagreement.
    const busy = [costs('serial', 0, [10, 30, 10]), costs('threads', 0, [5, 15, 5])];
    assert.deepEqual(decide(busy, 1000), { engine: 'threads', close: [] });
  });

  it('takes the simpler of two that are as fast, though it lost a round to one that is simpler still', () => {
    const disturbed = [costs('serial', 0, 90), costs('threads', 0, [49, 52, 144]), costs('processes', 0, [50, 51, 53])];
    assert.deepEqual(decide(disturbed, 1000), { engine: 'threads', close: ['processes'] });
  });

  it('knows from how many items on a pool pays where items are long', () => {
    const long = [costs('serial', 0, 1000), costs('threads', 60, 260)];
    assert.equal(paysFrom(long[1]!, long[0]!, 1000), 2);
    assert.equal(paysFrom(costs('threads', 60, 9.9), costs('serial', 0, 10), 10), Number.POSITIVE_INFINITY);
    assert.equal(paysFrom(costs('threads', 60, 12), costs('serial', 0, 10), 10), Number.POSITIVE_INFINITY);
  });
});
