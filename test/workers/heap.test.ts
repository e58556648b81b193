import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Heap } from '../../src/workers/heap.ts';

describe('Heap', () => {
  it('gives its items in order, whichever were taken from the midst of it', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 9 }), fc.option(fc.nat({ max: 20 }), { nil: undefined })),
    );
    fc.assert(
      fc.property(steps, (wanted) => {
        const places = new Map<{ key: number }, number>();
        const heap = new Heap<{ key: number }>(
          (one, other) => one.key < other.key,
          (item, place) => void (place < 0 ? places.delete(item) : places.set(item, place)),
        );
        const there = new Set<{ key: number }>();
        for (const [key, at] of wanted) {
          const item = { key };
          heap.add(item);
          there.add(item);
          if (at !== undefined && at < there.size) {
            const [taken] = [...places].find(([, place]) => place === at)!;
            assert.equal(heap.take(at), taken);
            there.delete(taken);
          }
          assert.deepEqual(new Set(places.keys()), there);
          assert.deepEqual(
            [...places.values()].sort((a, b) => a - b),
            [...there].map((_, place) => place),
          );
        }
        const keys = [...there].map((item) => item.key).sort((a, b) => a - b);
        assert.equal(heap.first?.key, keys[0]);
        assert.deepEqual(
          keys.map(() => heap.take()!.key),
          keys,
        );
        assert.equal(heap.take(), undefined);
      }),
    );
  });
});
