import { joinEach, startEach } from './answers.ts';
import { judges } from './table.ts';

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
    fails: /come back: [0-3] of 4 had ended/,
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
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
