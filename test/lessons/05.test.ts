import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { AsyncExecutor } from '../../src/executors/executors.ts';
import { AsyncSemaphore } from '../../src/sync/async-semaphore.ts';
import { judges } from './table.ts';

judges('05.1', {
  'a semaphore': {
    right: (limit, items, work) => {
      const places = new AsyncSemaphore(limit);
      return Promise.all(items.map((item) => places.with(() => work(item))));
    },
  },
  'an executor': { right: (limit, items, work) => new AsyncExecutor(limit).map(work, items) },
  'a race among those under way': {
    right: async (limit, items, work) => {
      const under = new Set<Promise<void>>();
      const results: number[] = [];
      for (const [index, item] of items.entries()) {
        const one: Promise<void> = work(item).then((result) => {
          results[index] = result;
          under.delete(one);
        });
        under.add(one);
        if (under.size >= limit) await Promise.race(under);
      }
      await Promise.all(under);
      return results;
    },
  },
  'all at once': {
    wrong: (_limit, items, work) => Promise.all(items.map(work)),
    fails: /never more: at most 9 at once/,
  },
  'groups of three': {
    wrong: async (limit, items, work) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i += limit) {
        results.push(...(await Promise.all(items.slice(i, i + limit).map(work))));
      }
      return results;
    },
    fails: /holds up nobody: 2 of 8/,
  },
  'one after another, otherwise': {
    wrong: async (_limit, items, work) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i++) results.push(await work(items[i]!));
      return results;
    },
    fails: /never more: at most 1 at once/,
  },
  'results as they come': {
    wrong: async (limit, items, work) => {
      const places = new AsyncSemaphore(limit);
      const results: number[] = [];
      await Promise.all(items.map((item) => places.with(async () => results.push(await work(item)))));
      return results;
    },
    fails: /in order: it gave 9 results, \[21,/,
  },
  'always two places': {
    wrong: (_limit, items, work) => new AsyncExecutor(2).map(work, items),
    fails: /never more: at most 2 at once/,
  },
  'a worker for each place, asked or not': {
    wrong: async (limit, items, work) => {
      const results: number[] = [];
      let next = 0;
      const worker = async () => {
        do {
          const mine = next++;
          results[mine] = await work(items[mine]!);
        } while (next < items.length);
      };
      await Promise.all(Array.from({ length: limit }, worker));
      return results;
    },
    fails: /fewer items than places are no trouble/,
  },
  'some twice': {
    wrong: async (limit, items, work) => {
      await work(items[1]!);
      return new AsyncExecutor(limit).map(work, items);
    },
    fails: /worked on once: 10 calls for 9/,
  },
  'nothing awaited': {
    wrong: (_limit, items, work) => void items.slice(0, 3).map(work),
    fails: /in order: it gave undefined/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
  'it never ends': { wrong: () => new Promise(() => {}), fails: /still busy after 3 s/ },
});

judges('05.2', {
  'a controller and a timer': {
    right: async (ms, work) => {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(new Error('too late')), ms);
      try {
        return await work(controller.signal);
      } finally {
        clearTimeout(timer);
      }
    },
  },
  'a task of an executor, awaited to the end': {
    right: async (ms, work) => {
      const signal = AbortSignal.timeout(ms);
      const running = work(signal);
      const [end] = await Promise.allSettled([running]);
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    },
  },
  'told, but not waited for': {
    wrong: async (ms, work) => {
      const signal = AbortSignal.timeout(ms);
      const late = new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      return await Promise.race([work(signal), late]);
    },
    fails: /nothing is left when it comes back: it had not cleaned up/,
  },
  'a race, nobody told': {
    wrong: (ms, work) => {
      const over = new AbortController();
      const late = sleep(ms, undefined, { signal: over.signal }).then(() => Promise.reject(new Error('late')));
      return Promise.race([work(new AbortController().signal), late]).finally(() => {
        late.catch(() => {});
        over.abort();
      });
    },
    fails: /its signal tells it: nobody told it/,
  },
  'the error swallowed': {
    wrong: (ms, work) => work(AbortSignal.timeout(ms)).catch(() => undefined),
    fails: /own error comes through: it gave undefined\nwork that is late fails: it gave undefined/,
  },
  'no signal at all': { wrong: (_ms, work) => (work as () => unknown)(), fails: /fails: Error: it was still busy/ },
  'always the whole time': {
    wrong: async (ms, work) => {
      const result = work(AbortSignal.timeout(ms)).catch((error) => error);
      await sleep(Math.min(ms, 2_500));
      return result;
    },
    fails: /in time gives its result: Error: it was still busy/,
  },
  'aborted at once': {
    wrong: async (_ms, work) => {
      const signal = AbortSignal.abort(new Error('never'));
      signal.throwIfAborted();
      return work(signal);
    },
    fails: /in time gives its result: Error: never/,
  },
});

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

judges('05.4', {
  'after each step': {
    right: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        await nextTurn();
      }
      return results;
    },
  },
  'slices, by timers': {
    right: async (items, step) => {
      const results: number[] = [];
      for (let i = 0; i < items.length; i += 40) {
        for (const item of items.slice(i, i + 40)) results.push(step(item));
        await sleep(0);
      }
      return results;
    },
  },
  'an await that is no turn': {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        await null;
      }
      return results;
    },
    fails: /steps in one turn: at most 400/,
  },
  nextTick: {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        await new Promise<void>((resolve) => process.nextTick(resolve));
      }
      return results;
    },
    fails: /steps in one turn: at most 400/,
  },
  'slices too thick': {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items) {
        results.push(step(item));
        if (results.length % 100 === 0) await nextTurn();
      }
      return results;
    },
    fails: /steps in one turn: at most 100/,
  },
  'tasks side by side': {
    wrong: (items, step) =>
      Promise.all(
        items.map(async (item) => {
          await nextTurn();
          return step(item);
        }),
      ),
    fails: /steps in one turn: at most 400/,
  },
  'not waited for': {
    wrong: async (items, step) => {
      const results: number[] = [];
      void (async () => {
        for (const item of items) {
          results.push(step(item));
          await nextTurn();
        }
      })();
      return results;
    },
    fails: /each step is done once: \d steps for 400/,
  },
  'out of order': {
    wrong: async (items, step) => {
      const results: number[] = [];
      for (const item of items.toReversed()) {
        results.push(step(item));
        if (results.length % 50 === 0) await nextTurn();
      }
      return results;
    },
    fails: /in order: it gave 400 results, \[1197/,
  },
  'it throws': {
    wrong: () => {
      throw new Error('no idea');
    },
    fails: /it finishes: Error: no idea/,
  },
});
