import assert from 'node:assert/strict';
import { type AnyFunction, receiveFunction, shipFunction } from '../../src/shipping/index.ts';

const received = (fn: AnyFunction): AnyFunction => receiveFunction(shipFunction(fn, 'remote'));

const writes = async (): Promise<void> => {
  const frozen: { n?: number } = Object.freeze({});
  frozen.n = 1;
};

describe('a function that was received and is sent on', () => {
  it('is as strict as it was', async () => {
    const once = received(writes) as typeof writes;
    const twice = received(once) as typeof writes;
    assert.notEqual(twice, once);
    await assert.rejects(once(), TypeError);
    await assert.rejects(twice(), TypeError);
  });
});
