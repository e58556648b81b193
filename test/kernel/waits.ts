import { processTable } from '../../src/kernel/processes.ts';
import type { Message } from '../../src/kernel/wire.ts';
import type { KernelClient } from './client.ts';

/** Ms that anything may take that must come: no judgement, but the end of a test that would hang. */
export const patience = 60_000;

/** Waits until a cell has begun: an interrupt that comes before has nothing to interrupt. */
export async function begun(cell: { readonly messages: readonly Message[] }): Promise<void> {
  await within(
    until(() => cell.messages.length > 0),
    patience,
    'the begin of the cell',
  );
}

/** Waits until the kernel has all cells that were sent before. */
export async function arrived(kernel: KernelClient): Promise<void> {
  await kernel.request('kernel_info_request', {}); // on the same way, and answered while a cell runs
}

/** Waits until a cell has printed something. */
export async function hasPrinted(cell: { readonly messages: readonly Message[] }): Promise<void> {
  const printed = () => cell.messages.some(({ header }) => header.msg_type === 'stream');
  await within(until(printed), patience, 'output of the cell');
}

/** Those of the processes that have not ended. */
export function living(pids: readonly number[]): number[] {
  return processTable().flatMap(({ pid }) => (pids.includes(pid) ? [pid] : []));
}

export async function gone(pids: readonly number[]): Promise<void> {
  const ended = async (): Promise<void> => {
    while (living(pids).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await within(ended(), patience, `the end of the processes ${pids}`);
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** @throws Error when the promise takes longer than `ms` */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`Waited ${ms} ms for ${what}.`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
