import { parentPort } from 'node:worker_threads';
import { receiveFunction, receiveValue, type Shipment, shipError, shipValue } from '../../src/shipping/index.ts';

/** What the other side is asked: a function, by its id when it was sent before, and its arguments. */
export interface Call {
  readonly fn: Shipment | string;
  readonly args: unknown;
}

export interface Answer {
  readonly ok: boolean;
  readonly value: unknown;
}

/** The other side: a thread or a process that runs what it is sent. */
const to = parentPort ? 'thread' : 'process';

async function answer({ fn, args }: Call): Promise<{ answer: Answer; transfer: unknown[] }> {
  const transfer: unknown[] = [];
  try {
    const value: unknown = await receiveFunction(fn)(...(receiveValue(args) as unknown[]));
    return { answer: { ok: true, value: shipValue(value, to, parentPort ? transfer : undefined, 'result') }, transfer };
  } catch (error) {
    return { answer: { ok: false, value: shipError(error, to) }, transfer };
  }
}

if (parentPort) {
  const port = parentPort;
  port.on('message', (call: Call) => {
    void answer(call).then((done) => port.postMessage(done.answer, done.transfer as []));
  });
} else {
  process.on('message', (call: Call) => void answer(call).then((done) => process.send?.(done.answer)));
  process.on('disconnect', () => process.exit());
}
