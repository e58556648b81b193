import { judges } from './table.ts';

judges('00.1', {
  'both started, then asked for': {
    right: async (wait) => {
      const tea = wait('tea');
      const toast = wait('toast');
      return [await tea, await toast];
    },
  },
  'Promise.all': { right: (wait) => Promise.all([wait('tea'), wait('toast')]) },
  'toast started first': {
    right: async (wait) => {
      const toast = wait('toast');
      const tea = wait('tea');
      return [await tea, await toast];
    },
  },
  'map and Promise.all': { right: (wait) => Promise.all(['tea', 'toast'].map((name) => wait(name))) },
  'one after another by then': {
    wrong: (wait) => wait('tea').then(async (tea) => [tea, await wait('toast')]),
    fails: /overlap: tea begins, tea ends, toast begins/,
  },
  'a loop that awaits': {
    wrong: async (wait) => {
      const names: string[] = [];
      for (const name of ['tea', 'toast']) names.push(await wait(name));
      return names;
    },
    fails: /overlap/,
  },
  'nothing is waited for': { wrong: async () => ['tea', 'toast'], fails: /waited for once: nothing/ },
  'gone before they end': {
    wrong: async (wait) => {
      wait('tea');
      wait('toast');
      return ['tea', 'toast'];
    },
    fails: /waited for once: tea begins, toast begins$/m,
  },
  'wrong order': {
    wrong: (wait) => Promise.all([wait('toast'), wait('tea')]),
    fails: /tea first: it gave \["toast","tea"\]/,
  },
  'tea twice': {
    wrong: async (wait) => {
      await Promise.all([wait('tea'), wait('tea'), wait('toast')]);
      return ['tea', 'toast'];
    },
    fails: /waited for once/,
  },
  'only the fast one': {
    wrong: (wait) => Promise.race([wait('tea'), wait('toast')]) as never,
    fails: /waited for once/,
  },
  'it throws': {
    wrong: () => {
      throw new RangeError('no milk');
    },
    fails: /it finishes: RangeError: no milk/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), limit: 100, fails: /still busy after 0.1 s/ },
  'no function': { wrong: 42 as never, fails: /it finishes: TypeError: answer is not a function/ },
});
