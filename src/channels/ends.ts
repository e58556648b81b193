import { isMainThread, threadId } from 'node:worker_threads';
import { CancelledError } from '../executors/errors.ts';
import { ShippingError, type Target } from '../shipping/index.ts';
import type { Address, Ask, Core, Role } from './core.ts';
import { Far } from './far.ts';
import { Hub } from './hub.ts';
import { hubWith } from './station.ts';
import { leave, stay } from './stay.ts';

/** How long to wait. */
export interface WaitOptions {
  /** Ms to wait at most; then TimeoutError. 0 takes what is there at once. */
  readonly timeout?: number;
  /** Ends the wait when it aborts; then CancelledError. */
  readonly signal?: AbortSignal;
}

/** How to put or send something. */
export interface PutOptions extends WaitOptions {
  /** ArrayBuffers and ports in the value that move to another thread instead of being copied; a process gets copies. */
  readonly transfer?: readonly unknown[];
}

/** The ask with a time-out that a timer can take; none if it is longer. @throws RangeError for one that is none */
function checked({ kind, value, transfer }: Ask, timeout: number | undefined): Ask {
  if (timeout !== undefined && !(timeout >= 0)) {
    throw new RangeError(`timeout is a number of ms from 0 on, not ${String(timeout)}`);
  }
  // The longest that a timer can wait is 24 days.
  return { kind, value, transfer, timeout: timeout !== undefined && timeout < 2 ** 31 ? timeout : undefined };
}

/** Asks, and keeps this thread alive until it is answered. */
export function ask<T>(core: Core, what: Ask, { timeout, signal }: WaitOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new CancelledError(`${what.kind} was cancelled`, { cause: signal.reason });
    let isOver = false;
    let stays = false;
    const cancel = core.request(checked(what, timeout), (error, value) => {
      isOver = true;
      if (stays) {
        leave();
        signal?.removeEventListener('abort', cancel);
      }
      if (error === undefined) resolve(value as T);
      else if (!(error instanceof CancelledError) || !signal?.aborted) reject(error);
      else reject(new CancelledError(error.message, { cause: signal.reason }));
    });
    if (isOver) return;
    stays = true;
    stay();
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Asks, and sleeps until it is answered: in worker threads only. @param name what the reader called */
export function askSync<T>(core: Core, name: string, what: Ask, timeout: number | undefined): T {
  const way = `; write await ${name.replace('Sync', '')}(…)`;
  if (isMainThread)
    throw new Error(`${name} would block the main thread of this process, and all that runs on it${way}`);
  if (core instanceof Hub)
    throw new Error(`${name} would block the thread that made the queue and must serve it${way}`);
  if (!(core as Far).canBlock)
    throw new Error(`${name} can wait only for what the main thread of this process made${way}`);
  return (core as Far).requestSync(checked(what, timeout)) as T;
}

const fars = new Map<string, Far>();

/** The queue with that address as this thread has it. */
export function coreAt(address: Address, role: Role): Core {
  const { id, pid, thread, maxsize } = address;
  if (pid === process.pid && thread === threadId) {
    const hub = hubWith(id);
    if (hub !== undefined) return hub;
    const closed = new Hub(maxsize);
    closed.close();
    return closed;
  }
  const key = `${role} ${id}`;
  let far = fars.get(key);
  if (far === undefined) {
    far = new Far(address, role, () => fars.delete(key));
    fars.set(key, far);
  }
  return far;
}

const objects = new Map<string, WeakRef<object>>();
const dropped = new FinalizationRegistry<{ readonly key: string; readonly cores: readonly Core[] }>(
  ({ key, cores }) => {
    if (objects.get(key)?.deref() === undefined) objects.delete(key);
    for (const core of cores) if (core instanceof Far) core.drop();
  },
);

/** Notes the object of this thread for what has that name, so that what comes back is the same object. */
export function noteObject(key: string, object: object, cores: readonly Core[]): void {
  if (objects.get(key)?.deref() === object) return;
  objects.set(key, new WeakRef(object));
  for (const core of cores) if (core instanceof Far) core.hold();
  dropped.register(object, { key, cores });
}

/** The object of this thread that has that name, if it still has one. */
export const notedObject = (key: string): object | undefined => objects.get(key)?.deref();

/** Prepares queues for being sent. @throws ShippingError when they cannot go there */
export function shareAll(cores: readonly Core[], what: string, to: Target): void {
  if (to === 'remote') {
    throw new ShippingError(`is a ${what}, which lives on one machine. Send the values themselves.`, [what]);
  }
  for (const core of cores) core.share(to);
}
