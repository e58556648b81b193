import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { printOf } from '../../../src/executors/cluster/keys.ts';
import { receiveFunction, shipFunction } from '../../../src/shipping/index.ts';

async function later(n: number): Promise<number> {
  await sleep(1);
  return n;
}

describe('what tells that a key is of the same task', () => {
  it('is the same of a function in a notebook, and where it was sent and is sent on', () => {
    const here = shipFunction(later, 'remote');
    const there = shipFunction(receiveFunction(here), 'remote');
    const cells = globalThis as { __tslab__?: unknown };
    cells.__tslab__ = { exports: {} };
    try {
      const inCell = shipFunction(receiveFunction(there), 'remote');
      assert.equal(new Set([here, there, inCell].map((shipment) => printOf(shipment, [1]))).size, 1);
      assert.notEqual(printOf(inCell, [1]), printOf(inCell, [2]));
    } finally {
      delete cells.__tslab__;
    }
  });
});
