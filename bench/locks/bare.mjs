// Locks by hand and those of Node, each in bare workers: the floor, and what the others stand on.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { race, raceAwaited, work } from './race.mjs';
import { figuresOf } from './threads.mjs';

/** What each does with the words of a track; word 48 is the lock's, word 32 the counter. */
const loops = {
  'Atomics.add': (words) => (count) => {
    for (let n = 0; n < count; n += 1) Atomics.add(words, 32, 1);
  },
  // Of three states, as in Ulrich Drepper's "Futexes Are Tricky": free, taken, taken and waited for.
  'bare futex': (words) => (count) => {
    for (let n = 0; n < count; n += 1) {
      if (Atomics.compareExchange(words, 48, 0, 1) !== 0) {
        while (Atomics.exchange(words, 48, 2) !== 0) Atomics.wait(words, 48, 2);
      }
      words[32] += 1;
      if (Atomics.exchange(words, 48, 0) === 2) Atomics.notify(words, 48, 1);
    }
  },
  'Web Locks': (words) => async (count) => {
    const add = () => {
      words[32] += 1;
    };
    for (let n = 0; n < count; n += 1) await navigator.locks.request('lock', add);
  },
  'no lock': () => (count) => {
    for (let n = 0; n < count; n += 1) work();
  },
};

/** @param {keyof typeof loops} name */
export function figures(name) {
  const isWeb = name === 'Web Locks';
  const run = (track) =>
    Promise.all(
      Array.from({ length: track.parties }, async (_, index) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { name, track, index } });
        await once(worker, 'message');
        await worker.terminate();
      }),
    );
  const all = figuresOf(run, { slow: isWeb, loose: isWeb, reads: name === 'no lock' });
  return name === 'no lock' ? { speedUp: all.speedUp } : all;
}

if (!isMainThread) {
  const { name, track, index } = workerData;
  // A pending request of a Web Lock does not keep a thread alive.
  const alive = setInterval(() => {}, 1000);
  const run = name === 'Web Locks' ? raceAwaited : race;
  await run(track, index, loops[name](track.words));
  clearInterval(alive);
  parentPort.postMessage('done');
}
