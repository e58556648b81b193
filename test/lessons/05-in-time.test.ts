import { setTimeout as sleep } from 'node:timers/promises';
import { judges } from './table.ts';

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
  'no signal at all': {
    wrong: (_ms, work) => (work as () => unknown)(),
    limit: 300,
    fails: /fails: Error: it was still busy/,
  },
  'always the whole time': {
    wrong: async (ms, work) => {
      const result = work(AbortSignal.timeout(ms)).catch((error) => error);
      await sleep(Math.min(ms, 2_500));
      return result;
    },
    limit: 300,
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
