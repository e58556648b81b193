import { joinEach, startEach } from './answers.ts';
import { judges } from './table.ts';

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
    limit: 500,
    fails: /it finishes: Error: it was still busy after 0.5 s/,
  },
  'started once more': {
    wrong: (threads) => startEach(threads),
    fails: /it finishes: Error: .*was started before/,
  },
});
