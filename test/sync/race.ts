import { Barrier } from '../../src/sync/barrier.ts';
import { SharedCounter } from '../../src/sync/counter.ts';
import { Thread } from '../../src/workers/thread.ts';

/** Runs of the race, threads in each, increments of each thread. */
const runs = 50;
const threads = 5;
const times = 100_000;

/** As lesson 03 races: a plain read and a plain write, with a microsecond between them every thousandth time. */
function racer(meet: Barrier, counts: SharedCounter[], increments: number): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (const count of counts) {
    meet.waitSync();
    for (let i = 0; i < increments; i++) {
      const read = count.value;
      if (i % 1000 === 999) Atomics.wait(nobody, 0, 0, 0.001);
      count.value = read + 1;
    }
  }
}

/** How many updates each of fifty runs lost. */
export async function race(): Promise<number[]> {
  const counts = Array.from({ length: runs }, () => new SharedCounter());
  const meet = new Barrier(threads);
  const racers = Array.from({ length: threads }, () => new Thread(racer, meet, counts, times));
  for (const one of racers) one.start();
  for (const one of racers) await one.join();
  return counts.map(({ value }) => threads * times - value);
}

if (import.meta.main) console.log(JSON.stringify(await race()));
