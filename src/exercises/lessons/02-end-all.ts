import { Thread } from '../../workers/thread.ts';
import type { Definition } from '../definition.ts';
import { same } from '../evidence.ts';
import { observe } from '../observe.ts';

const patience = 2_000;
/** Which of the threads never end. */
const stuck = [false, true, false, true, false];

/** Wait for a while, then end; and an end that was asked for has yet to come. */
export const endAll: Definition<(threads: Thread[], patience: number) => unknown> = {
  id: '02.3',
  title: 'patience',
  task: 'Let the threads end by themselves, end those that take longer, and give all exit codes.',
  // biome-ignore lint/correctness/noUnusedFunctionParameters: what the answer still has to use.
  stub: async function endAll(threads: Thread[], patience: number) {
    for (const thread of threads) await thread.join();
    return threads.map((thread) => thread.exitCode);
  },
  hints: [
    'What does join give when its time is up? Is that an error?',
    'After terminate the thread is told to end. When has it ended, so that it has an exit code?',
    'For each: if await thread.join(patience) gave false, terminate it, and join it once more.',
  ],
  solution: `async function endAll(threads, patience) {
  for (const thread of threads) {
    if (await thread.join(patience)) continue;
    thread.terminate();
    await thread.join();
  }
  return threads.map((thread) => thread.exitCode);
}`,
  async judge(answer, that) {
    const gate = new Int32Array(new SharedArrayBuffer(8));
    const threads = stuck.map((isStuck) => new Thread(wait, gate, isStuck));
    try {
      for (const thread of threads) thread.start();
      const { value, trouble } = await observe(async () => {
        // All are at their work before the answer's patience begins.
        while (Atomics.load(gate, 1) < threads.length) await new Promise((resolve) => setTimeout(resolve, 5));
        Atomics.store(gate, 0, 1);
        Atomics.notify(gate, 0);
        const given = await answer([...threads] as Thread[], patience);
        return { given, codes: threads.map((thread) => thread.exitCode) };
      }, 12_000);
      if (trouble !== undefined) return void that('it finishes', false, trouble);
      const { given, codes } = value as { given: unknown; codes: (number | null)[] };
      const ended = codes.filter((code) => code !== null).length;
      that('all have ended when you come back', ended === codes.length, `${ended} of ${codes.length} had ended`);
      const own = codes.filter((code, i) => !stuck[i] && code === 0).length;
      const quick = stuck.filter((isStuck) => !isStuck).length;
      that('those that can, end by themselves', own === quick, `${own} of ${quick} with exit code 0`);
      that('it gives the exit codes', same(given, codes) && ended > 0, `it gave ${JSON.stringify(given)}`);
    } finally {
      for (const thread of threads) thread.terminate();
    }
  },
};

/** One thread of 02.3; it names nothing outside itself. @param gate opened at 1, how many are there */
function wait(gate: Int32Array, isStuck: boolean): void {
  Atomics.add(gate, 1, 1);
  Atomics.wait(gate, 0, 0);
  if (isStuck) Atomics.wait(gate, 0, 1); // nobody ever changes it again
}
