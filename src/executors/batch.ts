import type { Shipment } from '../shipping/index.ts';
import type { PoolCall, PoolJob } from './hand.ts';
import type { Known } from './known.ts';
import type { Batch } from './protocol.ts';

/**
 * Makes the message that brings jobs to a worker.
 *
 * @param known what the worker has; receives what the message brings
 * @param transfer receives what must be in the transfer list of the message
 */
export function batchOf(jobs: readonly PoolJob[], batch: number, known: Known, transfer: unknown[]): Batch {
  const definitions: Shipment[] = [];
  const { id } = jobs[0]!.call.shipment;
  let uniform = true;
  let single = true;
  let anyShipped = false;
  const args: unknown[] = [];
  let lastCall: PoolCall | undefined;
  for (const job of jobs) {
    const { call } = job;
    job.message = batch;
    if (job.args.length !== 1) single = false;
    args.push(job.args[0]);
    if (job.shipped) anyShipped = true;
    if (job.transfer !== undefined) transfer.push(...job.transfer);
    if (call === lastCall) continue;
    lastCall = call;
    if (call.shipment.id !== id) uniform = false;
    if (known.add(call.shipment)) definitions.push(call.shipment);
  }
  return {
    batch,
    definitions: definitions.length > 0 ? definitions : undefined,
    forget: known.forget,
    functions: uniform ? id : jobs.map(({ call }) => call.shipment.id),
    args: single ? args : jobs.map((job) => job.args),
    single,
    shipped: anyShipped,
    transferResult: jobs[0]!.call.transferResult === true,
    announce: jobs[0]!.call.runTimeout !== undefined,
  };
}

/** False for arguments that no message can carry. */
export function copies(args: readonly unknown[]): boolean {
  try {
    structuredClone(args);
    return true;
  } catch {
    return false;
  }
}
