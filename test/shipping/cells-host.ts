import { inspect } from 'node:util';
import { createConverter, createExecutor } from '../../src/kernel/tslab.ts';
import { ShippingError } from '../../src/shipping/index.ts';
import { Far } from './send.ts';

/**
 * Runs cells as our kernel does, with tslab's compiler and executor: bare, they would end this process when a file comes
 * or goes beside the checkout. In the cells `send` runs a function in a thread or a process, `tell` reports a value to
 * the test, `refused` gives the error that keeps a function from being sent.
 */
const errors: string[] = [];
let told: unknown;
const far = { thread: new Far('thread'), process: new Far('process') };

Object.assign(globalThis, {
  everywhere: async (fn: (...args: unknown[]) => unknown, ...args: unknown[]) => [
    await fn(...args),
    await far.thread.run(fn, ...args),
    await far.process.run(fn, ...args),
  ],
  sources: (engine: 'thread' | 'process') => far[engine].sources,
  send: (engine: 'thread' | 'process', fn: (...args: never[]) => unknown, ...args: unknown[]) =>
    far[engine].run(fn, ...args),
  async refused(fn: (...args: never[]) => unknown, ...args: unknown[]) {
    try {
      await far.thread.run(fn, ...args);
    } catch (error) {
      if (error instanceof ShippingError) return { names: error.names, message: error.message };
      throw error;
    }
    return undefined;
  },
  tell(value: unknown) {
    told = value;
  },
});

const converter = createConverter();
const executor = createExecutor(
  process.cwd(),
  { node: converter, browser: converter, close: () => {} },
  {
    log: () => undefined,
    error: (...values) =>
      errors.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')),
  },
);

process.on('message', (code: string) => {
  told = undefined;
  errors.length = 0;
  void executor.execute(code).then((ok) => process.send?.({ ok, told, errors }));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
