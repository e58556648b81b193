import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Lane, takeLane } from '../../src/workers/lanes.ts';

const numberOf = ({ name }: Lane): number => Number(name.split(' ')[1]);

describe('takeLane', function () {
  this.timeout(120_000);

  it('gives the smallest number that is free, whatever was taken and given back before', () => {
    // Each move takes a lane, or gives back the one at that place among the live ones.
    const moves = fc.array(fc.option(fc.nat(), { freq: 2 }), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (all) => {
        const live = new Map<number, Lane>();
        try {
          for (const move of all) {
            if (move !== null && live.size > 0) {
              const [number, lane] = [...live][move % live.size]!;
              lane.release();
              lane.release(); // once more changes nothing
              live.delete(number);
            } else {
              let expected = 1;
              while (live.has(expected)) expected += 1;
              const lane = takeLane('process');
              live.set(numberOf(lane), lane);
              assert.equal(numberOf(lane), expected);
            }
          }
        } finally {
          for (const lane of live.values()) lane.release();
        }
      }),
    );
  });

  it('has 100,000 at once, without looking at all for each (which takes a minute)', () => {
    const lanes = Array.from({ length: 100_000 }, () => takeLane('process'));
    assert.ok(lanes.every((lane, index) => numberOf(lane) === index + 1));
    for (const lane of lanes) lane.release();
    const again = takeLane('process');
    assert.equal(numberOf(again), 1);
    again.release();
  });
});
