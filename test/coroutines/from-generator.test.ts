import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromGenerator } from '../../src/coroutines/from-generator.ts';

type Log = string[];

/** The same cases twice: as async functions and as generators. Each notes its steps. */
const cases = {
  values: {
    async: async (log: Log) => {
      log.push(`one ${await 1}`);
      log.push(`two ${await Promise.resolve(2)}`);
      return 3;
    },
    rebuilt: fromGenerator(function* (log: Log) {
      const one: number = yield 1;
      log.push(`one ${one}`);
      const two: number = yield Promise.resolve(2);
      log.push(`two ${two}`);
      return 3;
    }),
  },
  'a promise returned': {
    async: async (log: Log) => {
      log.push('start');
      return Promise.resolve(5);
    },
    // biome-ignore lint/correctness/useYield: one without an await is a case
    rebuilt: fromGenerator(function* (log: Log) {
      log.push('start');
      return Promise.resolve(5);
    }),
  },
  'caught and thrown again': {
    async: async (log: Log) => {
      try {
        await Promise.reject(new Error('inner'));
      } catch (error) {
        log.push(`caught ${error}`);
      } finally {
        log.push(`finally ${await 'cleanup'}`);
      }
      throw new Error('outer');
    },
    rebuilt: fromGenerator(function* (log: Log) {
      try {
        yield Promise.reject(new Error('inner'));
      } catch (error) {
        log.push(`caught ${error}`);
      } finally {
        const cleanup: string = yield 'cleanup';
        log.push(`finally ${cleanup}`);
      }
      throw new Error('outer');
    }),
  },
  'a thenable': {
    async: async (log: Log) => {
      log.push(`got ${await later(log)}`);
      return log.length;
    },
    rebuilt: fromGenerator(function* (log: Log) {
      const got: string = yield later(log);
      log.push(`got ${got}`);
      return log.length;
    }),
  },
  'a real timer': {
    async: async (log: Log) => {
      await sleep(2);
      log.push('slept');
    },
    rebuilt: fromGenerator(function* (log: Log) {
      yield sleep(2);
      log.push('slept');
    }),
  },
};

function later(log: Log): PromiseLike<string> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is the case
    then(resolve) {
      log.push('then called');
      resolve?.('value');
      return this as never;
    },
  };
}

/** Runs it beside others that take a note in each of twelve turns of the microtask queue. */
async function timeline(fn: (log: Log) => Promise<unknown>): Promise<Log> {
  const log: Log = [];
  const ticks = (async () => {
    for (let tick = 1; tick <= 12; tick += 1) {
      await undefined;
      log.push(`tick ${tick}`);
    }
  })();
  const outcome = fn(log).then(
    (value) => log.push(`value ${value}`),
    (error) => log.push(`failed: ${error}`),
  );
  log.push('called');
  await Promise.all([ticks, outcome]);
  return log;
}

describe('fromGenerator', () => {
  for (const [name, { async, rebuilt }] of Object.entries(cases)) {
    it(`takes the same turns as the async function: ${name}`, async () => {
      const expected = await timeline(async);
      assert.deepEqual(await timeline(rebuilt), expected);
      assert.ok(expected.length > 13);
    });
  }

  it('rejects, and does not throw, when it fails before its first yield', async () => {
    const fails = fromGenerator(function* (value: number, { length } = null as unknown as string) {
      yield value + length;
    });
    await assert.rejects(fails(1), TypeError);
  });

  it('passes this and the arguments, and keeps the async context', async () => {
    const store = new AsyncLocalStorage<string>();
    const page = {
      title: 'page',
      read: fromGenerator(function* (this: { title: string }, more: string) {
        yield sleep(1);
        return `${this.title} ${more} ${store.getStore()}`;
      }),
    };
    const text: string = await store.run('context', () => page.read('and'));
    assert.equal(text, 'page and context');
  });
});
