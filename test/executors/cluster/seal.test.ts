import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Claim, newSecret, Refused, seal, unseal } from '../../../src/executors/cluster/seal.ts';

const secret = newSecret();
const bytes = Buffer.from('a task');
// A day: the tests of other files may run for minutes before these.
const claim: Claim = { kind: 'task', queue: 'q', id: '7', expires: Date.now() + 86_400_000 };

function refusal(act: () => void): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
  return 'accepted';
}

describe('Seal of a message', () => {
  it('passes for the same secret, claim and bytes, as often as it comes', () => {
    const sealed = seal(secret, claim, bytes);
    for (let round = 0; round < 2; round += 1) unseal(secret, claim, bytes, sealed);
  });

  it('names what is wrong', () => {
    const sealed = seal(secret, claim, bytes);
    const { expires: _, ...open } = claim;
    assert.equal(
      refusal(() => unseal(secret, claim, bytes, undefined)),
      'missing',
    );
    assert.equal(
      refusal(() => unseal(secret, claim, bytes, '')),
      'missing',
    );
    assert.equal(
      refusal(() => unseal(newSecret(), claim, bytes, sealed)),
      'wrong',
    );
    assert.equal(
      refusal(() => unseal(secret, claim, Buffer.from('a tasl'), sealed)),
      'wrong',
    );
    assert.equal(
      refusal(() => unseal(secret, { ...claim, id: '8' }, bytes, sealed)),
      'other id',
    );
    assert.equal(
      refusal(() => unseal(secret, { ...claim, queue: 'r' }, bytes, sealed)),
      'other queue',
    );
    assert.equal(
      refusal(() => unseal(secret, { ...claim, kind: 'result' }, bytes, sealed)),
      'other kind',
    );
    assert.equal(
      refusal(() => unseal(secret, { ...claim, expires: claim.expires + 1 }, bytes, sealed)),
      'wrong',
    );
    const late = { ...claim, expires: Date.now() - 1 };
    assert.equal(
      refusal(() => unseal(secret, open, bytes, seal(secret, late, bytes))),
      'expired',
    );
    const never = { ...claim, expires: Number.NaN };
    assert.equal(
      refusal(() => unseal(secret, open, bytes, seal(secret, never, bytes))),
      'expired',
    );
  });

  it('refuses a text that was changed in any sign', () => {
    const sealed = seal(secret, claim, bytes);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'AZaz09-_.'), (at, sign) => {
        fc.pre(sealed[at] !== sign);
        const changed = sealed.slice(0, at) + sign + sealed.slice(at + 1);
        // The last sign of a base64 text holds bits that mean nothing.
        fc.pre(
          !Buffer.from(changed.split('.')[1] ?? '', 'base64url').equals(macOf(sealed)) || at < sealed.indexOf('.'),
        );
        assert.equal(
          refusal(() => unseal(secret, claim, bytes, changed)),
          'wrong',
        );
      }),
    );
  });

  it('gives no two claims one text, whatever signs they contain', () => {
    const sealed = seal(secret, { ...claim, queue: 'a', id: 'b","c' }, bytes);
    assert.equal(
      refusal(() => unseal(secret, { ...claim, queue: 'a","b', id: 'c' }, bytes, sealed)),
      'other queue',
    );
  });

  it('makes secrets of 256 bits', () => {
    assert.equal(Buffer.from(newSecret(), 'base64url').length, 32);
    assert.notEqual(newSecret(), newSecret());
  });
});

function macOf(sealed: string): Buffer {
  return Buffer.from(sealed.split('.')[1]!, 'base64url');
}
