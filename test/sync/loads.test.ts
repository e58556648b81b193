import { Barrier } from '../../src/sync/barrier.ts';
import { ReadWriteLock } from '../../src/sync/read-write-lock.ts';
import { BoundedSemaphore, Semaphore } from '../../src/sync/semaphore.ts';
import {
  barrierKilling,
  barrierLoad,
  conditionLoad,
  eventLoad,
  readWriteKilling,
  readWriteLoad,
  semaphoreKilling,
  semaphoreLoad,
} from './loads.ts';

const million = 1_000_000;
/** Where each operation puts a thread to sleep; the soak runs millions of these as well. */
const fewer = 120_000;

describe('up to a million operations of 4 threads', function () {
  this.timeout(120_000);

  it('Semaphore', () => semaphoreLoad(new Semaphore(2), million));
  it('BoundedSemaphore', () => semaphoreLoad(new BoundedSemaphore(1), million));
  it('Event', () => eventLoad(million));
  it('Barrier', () => barrierLoad(new Barrier(4), fewer));
  it('Condition', () => conditionLoad(fewer));
  it('ReadWriteLock', () => readWriteLoad(new ReadWriteLock(), million));
});

describe('a random one of 4 threads is killed', function () {
  this.timeout(60_000);

  it('ReadWriteLock', () => readWriteKilling(() => new ReadWriteLock(), 2));
  it('Barrier', () => barrierKilling(() => new Barrier(4), 2));
  it('Semaphore', () => semaphoreKilling(() => new Semaphore(3), 2));
});
