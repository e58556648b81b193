import { initRuntime, Mutex, move, RwLock, spawn } from 'multithreading';
import { figuresOf } from './threads.mjs';

const race = new URL('./race.mjs', import.meta.url).href;

/** @param {'Mutex' | 'RwLock'} name */
export function figures(name) {
  initRuntime({ maxWorkers: 2 });
  const lockOf = name === 'Mutex' ? mutex : readers;
  const run = async (track, what) => {
    const shared = name === 'Mutex' ? new Mutex(track.words) : new RwLock(track.words);
    const parts = Array.from({ length: track.parties }, (_, index) => {
      const { parties, count } = track;
      return spawn(move(shared, track.words, track.times, { parties, count, index, what, race }), lockOf).join();
    });
    for (const part of parts) {
      const result = await part;
      if (!result.ok) throw result.error;
    }
  };
  return figuresOf(run, { slow: true, reads: name === 'RwLock' });
}

async function mutex(lock, words, times, { race, ...its }) {
  const part = await import(race);
  part.race({ words, times, ...its }, its.index, (count) => {
    for (let n = 0; n < count; n += 1) {
      const guard = lock.blockingLock();
      guard.value[32] += 1;
      guard.dispose();
    }
  });
}

async function readers(lock, words, times, { race, ...its }) {
  const part = await import(race);
  part.race({ words, times, ...its }, its.index, (count) => {
    for (let n = 0; n < count; n += 1) {
      const guard = lock.blockingRead();
      if (its.what === 'work') part.work();
      else Atomics.add(guard.value, 32, 1);
      guard.dispose();
    }
  });
}
