import { judges } from './table.ts';

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);

judges('07.1', {
  'a constant first': {
    right: async (names, sizeOf) => {
      let bytes = 0;
      for (const size of await Promise.all(names.map(sizeOf))) bytes += size;
      return bytes;
    },
  },
  'the results added up': { right: async (names, sizeOf) => sum(await Promise.all(names.map((name) => sizeOf(name)))) },
  'by then': {
    right: (names, sizeOf) => {
      let bytes = 0;
      const add = (size: number) => {
        bytes += size;
      };
      return Promise.all(names.map((name) => sizeOf(name).then(add))).then(() => bytes);
    },
  },
  'all started, awaited in turn': {
    right: async (names, sizeOf) => {
      let bytes = 0;
      for (const size of names.map((name) => sizeOf(name))) bytes += await size;
      return bytes;
    },
  },
  'written out': {
    wrong: async (names, sizeOf) => {
      let bytes = 0;
      await Promise.all(
        names.map(async (name) => {
          const before = bytes;
          bytes = before + (await sizeOf(name));
        }),
      );
      return bytes;
    },
    fails: /no size is lost: it gave \d+ of 24200/,
  },
  'one after another': {
    wrong: async (names, sizeOf) => {
      let bytes = 0;
      for (const name of names) bytes += await sizeOf(name);
      return bytes;
    },
    fails: /same time: at most 1 of 6/,
  },
  'not waited for': {
    wrong: async (names, sizeOf) => {
      let bytes = 0;
      for (const name of names)
        void sizeOf(name).then((size) => {
          bytes += size;
        });
      return bytes;
    },
    fails: /no size is lost: it gave 0/,
  },
  'one left out': {
    wrong: async (names, sizeOf) => sum(await Promise.all(names.slice(1).map(sizeOf))),
    fails: /asked for once: news, shop/,
  },
  'the number known beforehand': { wrong: async () => 24200, fails: /asked for once: none/ },
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
});
