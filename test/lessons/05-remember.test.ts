import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import { judges } from './table.ts';

judges('05.3', {
  'the promise, removed by whoever fails': {
    right: (load) => {
      const kept = new Map<string, Promise<string>>();
      return async (key) => {
        if (!kept.has(key)) kept.set(key, load(key));
        try {
          return await kept.get(key)!;
        } catch (error) {
          kept.delete(key);
          throw error;
        }
      };
    },
  },
  'pages and those under way apart': {
    right: (load) => {
      const pages = new Map<string, string>();
      const under = new Map<string, Promise<string>>();
      return async (key) => {
        if (pages.has(key)) return pages.get(key)!;
        let one = under.get(key);
        if (one === undefined) {
          one = load(key).finally(() => under.delete(key));
          under.set(key, one);
        }
        const page = await one;
        pages.set(key, page);
        return page;
      };
    },
  },
  'one lock for all pages': {
    wrong: (load) => {
      const kept = new Map<string, string>();
      const one = new AsyncSemaphore(1);
      return (key) =>
        one.with(async () => {
          if (!kept.has(key)) kept.set(key, await load(key));
          return kept.get(key)!;
        });
    },
    fails: /different pages are loaded at the same time: at most 1 at once/,
  },
  'the promise kept for ever': {
    wrong: (load) => {
      const kept = new Map<string, Promise<string>>();
      return (key) => {
        if (!kept.has(key)) kept.set(key, load(key));
        return kept.get(key)!;
      };
    },
    fails: /a failure is not remembered: asked again, it Error: no answer/,
  },
  'nothing remembered': { wrong: (load) => (key) => load(key), fails: /loaded once: home 5 times, news 2 times/ },
  'only those under way': {
    wrong: (load) => {
      const under = new Map<string, Promise<string>>();
      return async (key) => {
        if (!under.has(key)) {
          under.set(
            key,
            load(key).finally(() => under.delete(key)),
          );
        }
        return under.get(key)!;
      };
    },
    fails: /loaded once: home 2 times, news 1 times/,
  },
  'one page for all': {
    wrong: (load) => {
      let page: Promise<string> | undefined;
      return (key) => (page ??= load(key));
    },
    fails: /right page: it gave \["page home","page home"/,
  },
  'the check again, after the wait': {
    wrong: (load) => {
      const kept = new Map<string, string>();
      return async (key) => {
        if (kept.has(key)) return kept.get(key)!;
        const page = await load(key);
        if (!kept.has(key)) kept.set(key, page);
        return kept.get(key)!;
      };
    },
    fails: /loaded once: home 4 times/,
  },
  'failure hidden': {
    wrong: (load) => {
      const kept = new Map<string, Promise<string>>();
      return (key) => {
        if (!kept.has(key))
          kept.set(
            key,
            load(key).catch(() => ''),
          );
        return kept.get(key)!;
      };
    },
    fails: /told of a failure: the one gave ""/,
  },
  'not a function': { wrong: (() => 7) as never, fails: /it finishes: TypeError/ },
});
