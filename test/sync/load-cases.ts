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

/** A load of so many operations for each, by 4 threads; fewer where each operation puts a thread to sleep. */
export function loadCases(many: number, fewer: number): void {
  it('Semaphore', () => semaphoreLoad(new Semaphore(2), many));
  it('BoundedSemaphore', () => semaphoreLoad(new BoundedSemaphore(1), many));
  it('Event', () => eventLoad(many));
  it('Barrier', () => barrierLoad(new Barrier(4), fewer));
  it('Condition', () => conditionLoad(fewer));
  it('ReadWriteLock', () => readWriteLoad(new ReadWriteLock(), many));
}

/** So many times each, a random one of 4 threads is killed. */
export function killCases(rounds: number): void {
  it('ReadWriteLock', () => readWriteKilling(() => new ReadWriteLock(), rounds));
  it('Barrier', () => barrierKilling(() => new Barrier(4), rounds));
  it('Semaphore', () => semaphoreKilling(() => new Semaphore(3), rounds));
}
