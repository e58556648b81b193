import assert from 'node:assert/strict';
import { soakInterrupts } from './soak.ts';

describe('soak: interrupts', () => {
  it('at random moments of five minutes end every cell and lose no state', async () => {
    const { interrupts, kept, worst } = await soakInterrupts(300);
    console.log(`      ${interrupts} interrupts, the slowest took ${Math.round(worst)} ms`);
    assert.ok(interrupts > 0);
    assert.equal(kept, interrupts);
  });
});
