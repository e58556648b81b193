import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Definition } from '../definition.ts';
import { inWords } from '../observe.ts';

type Ask = (Kind: typeof Worker, source: string, data: unknown) => unknown;

/** Ms that the promises may take to settle from the start; and from when all workers have ended, who tell no more. */
const limit = 5_000;
const limitAfterEnd = 500;
const begin = `const { parentPort, workerData } = require('node:worker_threads');`;
const sources = {
  answers: `${begin} parentPort.postMessage(workerData * 2);`,
  fails: `${begin} throw new Error('out of paper ' + workerData);`,
  exits: `${begin} if (workerData) process.exit(3);`,
  silent: `${begin} void workerData;`,
};

/** A bare worker tells three things, and each of them must be listened to. */
export const ask: Definition<Ask> = {
  id: '02.4',
  title: 'a bare worker',
  task: 'Make a promise of a bare worker that settles whatever becomes of the worker.',
  stub: function ask(Kind: typeof Worker, source: string, data: unknown) {
    return new Promise((resolve) => {
      const worker = new Kind(source, { eval: true, workerData: data });
      worker.once('message', resolve);
    });
  },
  hints: [
    'What becomes of this promise when the worker throws? And when it ends without a word?',
    "A worker tells of an error by the event 'error', and of its end, each time, by 'exit'. A promise has a second function: reject.",
    "worker.once('error', reject), and for 'exit' reject with an error of your own. After a message it no longer counts: a promise settles once.",
  ],
  solution: `function ask(Kind, source, data) {
  return new Promise((resolve, reject) => {
    const worker = new Kind(source, { eval: true, workerData: data });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(\`no answer, exit code \${code}\`)));
  });
}`,
  async judge(answer, that) {
    const made: Worker[] = [];
    let ended = 0;
    class Lent extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        made.push(this);
        // An error that nobody listens to would end this program, and not only the answer.
        this.on('error', () => {});
        this.on('exit', () => {
          ended += 1;
          if (ended === made.length && ended === Object.keys(sources).length) allEnded();
        });
      }
    }
    const over = new AbortController();
    const afterMs = (ms: number) => sleep(ms, 'nothing yet', { signal: over.signal }).catch(() => '');
    let allEnded = () => {};
    const end = new Promise<void>((resolve) => {
      allEnded = resolve;
    });
    const late = Promise.race([afterMs(limit), end.then(() => afterMs(limitAfterEnd))]);
    const fate = async (source: string): Promise<string> => {
      const own = async () => `gave ${JSON.stringify(await answer(Lent, source, 21))}`;
      return Promise.race([own().catch((error) => `failed with ${inWords(error)}`), late]);
    };
    try {
      const [answers, fails, exits, silent] = await Promise.all(Object.values(sources).map(fate));
      that('the message is the result', answers === 'gave 42', `asked to double 21, it ${verb(answers)}`);
      const own = /^failed with .*out of paper 21/.test(fails!);
      that("the worker's error is the promise's", own, `a worker threw 'out of paper 21', it ${verb(fails)}`);
      const told = [exits, silent].every((each) => each!.startsWith('failed with '));
      const seen = `exit code 3: it ${verb(exits)}; exit code 0: it ${verb(silent)}`;
      that('an end without a message is an error', told, seen);
      that('each is asked once', made.length === 4, `${made.length} workers for 4 sources`);
    } finally {
      over.abort();
      await Promise.all(made.map((worker) => worker.terminate()));
    }
  },
};

function verb(fate: string | undefined): string {
  return fate === 'nothing yet' ? 'still waited when the worker had ended' : fate!;
}
