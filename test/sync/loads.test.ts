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

describe('a million operations of 4 threads', function () {
  this.timeout(120_000);

  it('Semaphore', () => semaphoreLoad(new Semaphore(2), million));
  it('BoundedSemaphore', () => semaphoreLoad(new BoundedSemaphore(1), million));
  it('Event', () => eventLoad(million));
  it('Barrier', () => barrierLoad(new Barrier(4), million));
  it('Condition', () => conditionLoad(million));
  it('ReadWriteLock', () => readWriteLoad(new ReadWriteLock(), million));
});

describe('a random one of 4 threads is killed', function () {
  this.timeout(60_000);

  it('ReadWriteLock', () => readWriteKilling(() => new ReadWriteLock(), 5));
  it('Barrier', () => barrierKilling(() => new Barrier(4), 5));
  it('Semaphore', () => semaphoreKilling(() => new Semaphore(3), 5));
});
