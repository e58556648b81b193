import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { FewAtOnce } from '../../src/countries/few-at-once.ts';

/** Runs `count` functions of three steps that come in one moment, and tells what happened in which order. */
async function inOneMoment(count: number, fails: (index: number) => boolean = () => false) {
  const few = new FewAtOnce();
  const began: number[] = [];
  const ended: number[] = [];
  let running = 0;
  let most = 0;
  /** How many were over when the last began. */
  let overBefore = 0;
  const settled = await Promise.allSettled(
    Array.from({ length: count }, (_, index) =>
      few.run(async () => {
        began.push(index);
        overBefore = ended.length;
        running += 1;
        most = Math.max(most, running);
        for (let step = 0; step < 3; step += 1) await turn();
        running -= 1;
        ended.push(index);
        if (fails(index)) throw new Error(`${index} failed`);
        return index;
      }),
    ),
  );
  return { began, ended, most, overBefore, settled };
}

describe('few at once', () => {
  it('lets the first be over before the last begin, in the order in which they came', async () => {
    const { began, ended, most, overBefore } = await inOneMoment(16);
    const order = Array.from({ length: 16 }, (_, index) => index);
    assert.deepEqual(began, order);
    assert.deepEqual(ended, order);
    assert.ok(most <= 6, `${most} ran together`);
    assert.ok(overBefore >= 10, `${overBefore} were over when the last began`);
  });

  it('lets nearly all of a crowd in', async () => {
    const { most, ended } = await inOneMoment(238);
    assert.equal(ended.length, 238);
    assert.ok(most >= 200 && most < 238, `${most} ran together`);
  });

  it('keeps neither one nor two waiting', async () => {
    assert.equal((await inOneMoment(1)).most, 1);
    assert.equal((await inOneMoment(2)).most, 2);
    assert.equal((await inOneMoment(3)).most, 2);
  });

  it('goes on after those that fail, and hands on what they threw', async () => {
    const { settled } = await inOneMoment(12, (index) => index % 3 === 0);
    settled.forEach((each, index) => {
      if (each.status === 'fulfilled') assert.equal(each.value, index);
      else assert.match(String(each.reason), new RegExp(`^Error: ${index} failed`));
    });
    assert.deepEqual(
      settled.map(({ status }) => status),
      Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
    );
  });

  it('lets whoever comes later in at once when nobody else is there', async () => {
    const few = new FewAtOnce();
    await few.run(async () => {});
    let began = false;
    const running = few.run(async () => {
      began = true;
    });
    await Promise.resolve();
    assert.ok(began);
    await running;
  });
});
