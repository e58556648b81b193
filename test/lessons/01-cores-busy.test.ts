import { judges } from './table.ts';

judges('01.1', {
  'the differences first': {
    right: async (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      await work();
      const [wall, cpu] = [now() - start, cpuTime() - before];
      return cpu / wall;
    },
  },
  'by then': {
    right: (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      return Promise.resolve(work()).then(() => (cpuTime() - before) / (now() - start));
    },
  },
  'not awaited': {
    wrong: (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      work();
      return (cpuTime() - before) / (now() - start);
    },
    fails: /one that waits keeps 0.01 cores busy: .* it gave NaN/,
  },
  'all CPU time since the program began': {
    wrong: async (work, now, cpuTime) => {
      const start = now();
      await work();
      return cpuTime() / (now() - start);
    },
    fails: /one that computes keeps 1 cores busy: .* it gave 4\.085/,
  },
  'upside down': {
    wrong: async (work, now, cpuTime) => {
      const [start, before] = [now(), cpuTime()];
      await work();
      return (now() - start) / (cpuTime() - before);
    },
    fails: /one that waits keeps .* it gave 100/,
  },
  'a clock of its own': {
    wrong: async (work) => {
      const start = performance.now();
      await work();
      return 5 / (performance.now() - start);
    },
    fails: /keeps 1 cores busy/,
  },
  'run twice': {
    wrong: async (work, now, cpuTime) => {
      await work();
      const [start, before] = [now(), cpuTime()];
      await work();
      return (cpuTime() - before) / (now() - start);
    },
    fails: /run once: 2 times/,
  },
  'it gives nothing': { wrong: async (work) => void (await work()), fails: /it gave undefined/ },
  'it throws': {
    wrong: () => {
      throw new Error('no clock');
    },
    fails: /it finishes: Error: no clock/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
