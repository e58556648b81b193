// The library itself, as it is built: what cells load.
import { race, work } from './race.mjs';
import { figuresOf } from './threads.mjs';

/** @type {typeof import('../../src/index.ts')} */
const library = await import(new URL('../../dist/index.js', import.meta.url).href);
const { Lock, ReadWriteLock, RLock, SharedCounter, Thread } = library;

// Each is the whole function of a thread, all of it one synchronous turn.

function guarded(lock, track, index, what) {
  const { words } = track;
  // Two loops: to ask inside of one which it is would cost a nanosecond of those that are measured.
  const counted = (count) => {
    for (let n = 0; n < count; n += 1) {
      const guard = lock.acquireSync();
      words[32] += 1;
      guard.release();
    }
  };
  const worked = (count) => {
    for (let n = 0; n < count; n += 1) {
      const guard = lock.acquireSync();
      work();
      guard.release();
    }
  };
  race(track, index, what === 'work' ? worked : counted);
}

function within(lock, track, index) {
  const { words } = track;
  const add = () => {
    words[32] += 1;
  };
  race(track, index, (count) => {
    for (let n = 0; n < count; n += 1) lock.withSync(add);
  });
}

function reading(lock, track, index, what) {
  const { words } = track;
  race(track, index, (count) => {
    for (let n = 0; n < count; n += 1) {
      const guard = lock.read.acquireSync();
      if (what === 'work') work();
      else Atomics.add(words, 32, 1);
      guard.release();
    }
  });
}

function added(counter, track, index) {
  race(track, index, (count) => {
    for (let n = 0; n < count; n += 1) counter.add();
  });
}

const subjects = {
  Lock: [() => new Lock(), guarded],
  'Lock.withSync': [() => new Lock(), within],
  RLock: [() => new RLock(), guarded],
  'RLock.withSync': [() => new RLock(), within],
  'ReadWriteLock.read': [() => new ReadWriteLock(), reading],
  'SharedCounter.add': [() => new SharedCounter(), added],
};

/** @param {keyof typeof subjects} name */
export function figures(name) {
  const [make, fn] = subjects[name];
  make(); // Tells at once when the library has no such thing.
  const run = async (track, what) => {
    const subject = make();
    const threads = Array.from({ length: track.parties }, (_, index) => new Thread(fn, subject, track, index, what));
    for (const thread of threads) thread.start();
    for (const thread of threads) await thread.join();
    if (fn === added) Atomics.add(track.words, 32, subject.value);
  };
  return figuresOf(run, { reads: name === 'Lock' || name === 'ReadWriteLock.read' });
}
