import { Lock, RLock } from '../../src/index.ts';
import { awaiting, blocking, killing } from './stress.ts';

for (const [kind, Kind] of Object.entries({ Lock, RLock })) {
  describe(`soak: ${kind}`, () => {
    it('20 million blocking operations of 4 threads', () => blocking(new Kind(), 4, 5_000_000));

    it('200,000 awaited operations of 4 threads', () => awaiting(new Kind(), 4, 50_000));

    it('50 deaths with the lock in hand', () => killing(() => new Kind(), 50));
  });
}
