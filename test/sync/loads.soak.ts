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

const many = 6_000_000;

describe('soak: millions of operations of 4 threads', () => {
  it('Semaphore', () => semaphoreLoad(new Semaphore(2), many));
  it('BoundedSemaphore', () => semaphoreLoad(new BoundedSemaphore(1), many));
  it('Event', () => eventLoad(many));
  it('Barrier', () => barrierLoad(new Barrier(4), many));
  it('Condition', () => conditionLoad(many));
  it('ReadWriteLock', () => readWriteLoad(new ReadWriteLock(), many));
});

describe('soak: a random one of 4 threads is killed, 200 times', () => {
  it('ReadWriteLock', () => readWriteKilling(() => new ReadWriteLock(), 200));
  it('Barrier', () => barrierKilling(() => new Barrier(4), 200));
  it('Semaphore', () => semaphoreKilling(() => new Semaphore(3), 200));
});
