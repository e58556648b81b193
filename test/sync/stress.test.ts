import { Lock, RLock } from '../../src/index.ts';
import { awaiting, blocking, killing } from './stress.ts';

for (const [kind, Kind] of Object.entries({ Lock, RLock })) {
  describe(`${kind} under load`, function () {
    this.timeout(120_000);

    it('of 4 threads that block: a million operations', () => blocking(new Kind(), 4, 250_000));

    it('of 3 threads and this one that await', () => awaiting(new Kind(), 4, 3_000));

    it('of threads of which one is killed now and then', () => killing(() => new Kind(), 1));
  });
}
