import { Queue } from '../../src/channels/queue.ts';
import type { Thread } from '../../src/workers/thread.ts';
import { judges } from './table.ts';

const startEach = (threads: Thread[]) => {
  for (const thread of threads) thread.start();
};
const joinEach = (threads: Thread[]) => Promise.all(threads.map((thread) => thread.join()));

judges('02.1', {
  'joined together': {
    right: async (threads) => {
      startEach(threads);
      await joinEach(threads);
    },
  },
  'each started and joined in a task of its own': {
    right: (threads) =>
      Promise.all(
        threads.map(async (thread) => {
          thread.start();
          await thread.join();
        }),
      ),
  },
  'joined in another order': {
    right: async (threads) => {
      startEach(threads);
      for (const thread of threads.reverse()) await thread.join();
    },
  },
  'one after another': {
    wrong: async (threads) => {
      for (let i = 0; i < threads.length; i++) {
        threads[i]!.start();
        await threads[i]!.join();
      }
    },
    fails: /same time: at most 1 of 4/,
  },
  'two and two': {
    wrong: async (threads) => {
      for (const two of [threads.slice(0, 2), threads.slice(2)]) {
        startEach(two);
        await joinEach(two);
      }
    },
    fails: /same time: at most 2 of 4/,
  },
  'not joined': { wrong: startEach, fails: /come back: 0 of 4 had ended/ },
  'join not awaited': {
    wrong: async (threads) => {
      startEach(threads);
      for (const thread of threads) void thread.join();
    },
    fails: /come back: 0 of 4 had ended/,
  },
  'only the first joined, briefly': {
    wrong: async (threads) => {
      startEach(threads);
      await threads[0]!.join(1);
    },
    fails: /come back: 0 of 4 had ended/,
  },
  'one not started': {
    wrong: async (threads) => {
      startEach(threads.slice(1));
      await joinEach(threads.slice(1));
    },
    fails: /every thread is started: 3 of 4/,
  },
  'joined first': {
    wrong: async (threads) => {
      await joinEach(threads);
      startEach(threads);
    },
    fails: /it finishes: Error: .*was not started/,
  },
  'it does nothing': { wrong: () => {}, fails: /every thread is started: 0 of 4/ },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 5 s/ },
});

judges('02.2', {
  'by a queue': {
    right: async (Kind, work, ranges) => {
      const found = new Queue<number>();
      const put = async (to: typeof found, add: typeof work, range: (typeof ranges)[0]) => to.put(add(range));
      const threads = ranges.map((range) => new Kind(put, found, work, range));
      for (const thread of threads) thread.start();
      let sum = 0;
      for (let i = 0; i < threads.length; i++) sum += await found.get();
      for (const thread of threads) await thread.join();
      return sum;
    },
  },
  'by one shared sum of Atomics': {
    right: async (Kind, work, ranges) => {
      const sum = new Int32Array(new SharedArrayBuffer(4));
      const add = (to: Int32Array, one: typeof work, range: (typeof ranges)[0]) => {
        Atomics.add(to, 0, one(range));
      };
      const threads = ranges.map((range) => new Kind({ target: add, args: [sum, work, range] }));
      for (const thread of threads) thread.start();
      await Promise.all(threads.map((thread) => thread.join()));
      return sum[0];
    },
  },
  'one after another': {
    right: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8));
      const put = (to: Float64Array, add: typeof work, range: (typeof ranges)[0]) => {
        to[0]! += add(range);
      };
      for (const range of ranges) {
        const thread = new Kind(put, found, work, range);
        thread.start();
        await thread.join();
      }
      return found[0];
    },
  },
  'the list, still': {
    wrong: async (Kind, work, ranges) => {
      const list: number[] = [];
      const put = (to: number[], add: typeof work, range: (typeof ranges)[0]) => void to.push(add(range));
      const threads = ranges.map((range) => new Kind(put, list, work, range));
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
      return list.reduce((sum, n) => sum + n, 0);
    },
    fails: /^the sum is right: it gave 0 of 12497500$/,
  },
  'a local variable': {
    wrong: async (Kind, work, ranges) => {
      let sum = 0;
      const put = (range: (typeof ranges)[0]) => {
        sum += work(range);
      };
      const threads = ranges.map((range) => new Kind(put, range));
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
      return sum;
    },
    fails: /it finishes: ShippingError/,
  },
  'read before it is there': {
    wrong: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8 * ranges.length));
      const put = (to: Float64Array, i: number, add: typeof work, range: (typeof ranges)[0]) => {
        to[i] = add(range);
      };
      const threads = ranges.map((range, i) => new Kind(put, found, i, work, range));
      for (const thread of threads) thread.start();
      return found.reduce((sum, n) => sum + n, 0);
    },
    fails: /the sum is right: it gave 0[\s\S]*left running: 5 were running/,
  },
  'on the main thread': {
    wrong: (_Kind, work, ranges) => ranges.reduce((sum, range) => sum + work(range), 0),
    fails: /in a thread: 0 of 5, and 5 on the main thread[\s\S]*own: 0 threads/,
  },
  'one thread for all': {
    wrong: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8));
      const put = (to: Float64Array, add: typeof work, all: typeof ranges) => {
        for (const range of all) to[0]! += add(range);
      };
      const thread = new Kind(put, found, work, ranges);
      thread.start();
      await thread.join();
      return found[0];
    },
    fails: /^each has a thread of its own: 1 threads for 5 ranges$/,
  },
  'each adds up all': {
    wrong: async (Kind, work, ranges) => {
      const found = new Float64Array(new SharedArrayBuffer(8 * ranges.length));
      const put = (to: Float64Array, i: number, add: typeof work, all: typeof ranges) => {
        to[i] = all.reduce((sum, range) => sum + add(range), 0) / all.length;
      };
      const threads = ranges.map((_, i) => new Kind(put, found, i, work, ranges));
      for (const thread of threads) thread.start();
      for (const thread of threads) await thread.join();
      return found.reduce((sum, n) => sum + n, 0);
    },
    fails: /once, in a thread: 0 of 5/,
  },
  'the number known beforehand': { wrong: async () => 12497500, fails: /in a thread: 0 of 5/ },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 6 s/ },
});

judges('02.3', {
  'all at the same time': {
    right: (threads, patience) =>
      Promise.all(
        threads.map(async (thread) => {
          if (!(await thread.join(patience))) thread.terminate();
          await thread.join();
          return thread.exitCode;
        }),
      ),
  },
  'one deadline for all': {
    right: async (threads, patience) => {
      const end = performance.now() + patience;
      for (const thread of threads) await thread.join(Math.max(0, end - performance.now()));
      for (const thread of threads) if (thread.alive) thread.terminate();
      for (const thread of threads) await thread.join();
      return threads.map((thread) => thread.exitCode);
    },
  },
  'terminate for all, too late for most': {
    right: async (threads, patience) => {
      await Promise.all(threads.map((thread) => thread.join(patience)));
      for (const thread of threads) thread.terminate();
      await joinEach(threads);
      return threads.map((thread) => thread.exitCode);
    },
  },
  'without patience': {
    wrong: async (threads) => {
      for (const thread of threads) thread.terminate();
      await joinEach(threads);
      return threads.map((thread) => thread.exitCode);
    },
    fails: /^those that can, end by themselves: [0-2] of 3 with exit code 0$/,
  },
  'not joined again': {
    wrong: async (threads, patience) => {
      await Promise.all(threads.map((thread) => thread.join(patience)));
      for (const thread of threads) thread.terminate();
      return threads.map((thread) => thread.exitCode);
    },
    fails: /^all have ended when you come back: 3 of 5 had ended$/,
  },
  'not terminated': {
    wrong: async (threads, patience) => {
      for (const thread of threads) await thread.join(patience);
      return threads.map((thread) => thread.exitCode);
    },
    fails: /come back: 3 of 5 had ended/,
  },
  'codes made up': {
    wrong: async (threads, patience) => {
      for (const thread of threads) {
        if (await thread.join(patience)) continue;
        thread.terminate();
        await thread.join();
      }
      return threads.map(() => 0);
    },
    fails: /^it gives the exit codes: it gave \[0,0,0,0,0\]$/,
  },
  'no codes': {
    wrong: async (threads, patience) => {
      await Promise.all(threads.map((thread) => thread.join(patience)));
      for (const thread of threads) thread.terminate();
      await joinEach(threads);
    },
    fails: /^it gives the exit codes: it gave undefined$/,
  },
  'patience without end': {
    wrong: async (threads) => {
      await joinEach(threads);
      return threads.map((thread) => thread.exitCode);
    },
    fails: /it finishes: Error: it was still busy after 6 s/,
  },
  'started once more': {
    wrong: (threads) => startEach(threads),
    fails: /it finishes: Error: .*was started before/,
  },
});

judges('02.4', {
  'exit looked at first': {
    right: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        let answer: { value: unknown } | undefined;
        worker.once('message', (value) => {
          answer = { value };
        });
        worker.once('error', reject);
        worker.once('exit', () => (answer ? resolve(answer.value) : reject(new Error('it said nothing'))));
      }),
  },
  'by Promise.race': {
    right: (Kind, source, data) => {
      const worker = new Kind(source, { eval: true, workerData: data });
      const error = new Promise((_, reject) => worker.once('error', reject));
      const exit = new Promise((_, reject) => worker.once('exit', (code) => reject(new Error(`code ${code}`))));
      return Promise.race([new Promise((resolve) => worker.once('message', resolve)), error, exit]);
    },
  },
  'message and error only': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('error', reject);
      }),
    fails: /^an end without a message is an error: exit code 3: it still waited.*exit code 0: it still waited/,
  },
  'message and exit only': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('exit', (code) => reject(new Error(`exit code ${code}`)));
      }),
    fails: /^the worker's error is the promise's: .* it failed with Error: exit code 1$/,
  },
  'only a bad exit code': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => code !== 0 && reject(new Error(`exit code ${code}`)));
      }),
    fails: /exit code 3: it failed with Error: exit code 3; exit code 0: it still waited/,
  },
  'exit gives undefined': {
    wrong: (Kind, source, data) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true, workerData: data });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', resolve);
      }),
    fails: /^an end without a message is an error: exit code 3: it gave 3; exit code 0: it gave 0$/,
  },
  'not waited for': {
    wrong: (Kind, source, data) => {
      new Kind(source, { eval: true, workerData: data });
    },
    fails: /the message is the result: asked to double 21, it gave undefined/,
  },
  'the data forgotten': {
    wrong: (Kind, source) =>
      new Promise((resolve, reject) => {
        const worker = new Kind(source, { eval: true });
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`exit code ${code}`)));
      }),
    fails: /the message is the result: asked to double 21, it gave (null|NaN)/,
  },
  'no worker at all': {
    wrong: async (_Kind, _source, data) => 2 * (data as number),
    fails: /is asked once: 0 workers/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /the message is the result: asked to double 21, it failed with Error: no idea/,
  },
});
