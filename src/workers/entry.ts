import { inspect } from 'node:util';
import { receiveFunction, receiveValue, type Shipment } from '../shipping/index.ts';
import { now } from '../timing/clock.ts';
import { type EventWay, useEventWay } from '../timing/event-ways.ts';
import { type KeptEvents, keepEvents, takeEvents } from '../timing/kept.ts';
import { ownPeak } from '../timing/peak.ts';
import { setLaneHere } from './lanes.ts';
import { runThread } from './scopes.ts';

/** What a new thread or process is to do. */
export interface Order {
  readonly shipment: Shipment;
  readonly args: readonly unknown[];
  /** Its lane in the timeline, such as `thread 1`. */
  readonly lane: string;
  /** What errors call it, such as `thread 1 (count)`. */
  readonly who: string;
  /** The way that the events of a thread go; of a process, whether anybody wants them. */
  readonly events: EventWay | boolean;
}

/** What a thread or process tells when it leaves its function, or exits before. */
export interface Notice {
  readonly interleaved: 'left';
  readonly ready: number;
  readonly started: number;
  readonly finished: number;
  readonly ok: boolean;
  /** True when the function returned, false when it threw or the thread or process exited in the middle of it. */
  readonly returned: boolean;
  /** Processes only: ms of CPU time used so far. */
  readonly cpu: number;
  /** Processes only: the most memory in KiB that it has held. */
  readonly memory: number;
  /** Processes only. */
  readonly events: KeptEvents | undefined;
}

/**
 * Runs an order in the new thread or process. An error, wherever it comes up, is printed and gives exit code 1; a
 * function that waits while nothing is left to wait for gives 13.
 *
 * @param tell carries a notice home
 */
export async function carryOut(order: Order, tell: (notice: Notice) => void): Promise<void> {
  const ready = now();
  setLaneHere(order.lane);
  if (typeof order.events === 'boolean') keepEvents(order.events);
  else useEventWay(order.events);
  let started = ready;
  let told = false;
  const leave = (ok: boolean, returned: boolean): void => {
    if (told) return;
    told = true;
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const cpu = (userCPUTime + systemCPUTime) / 1000;
    const memory = ownPeak();
    tell({ interleaved: 'left', ready, started, finished: now(), ok, returned, cpu, memory, events: takeEvents() });
  };
  const fail = (error: unknown): void => {
    console.error(`${order.who}: ${error instanceof Error ? ownPart(error) : inspect(error)}`);
    leave(false, false);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  // Nothing is left that could wake it. Node gives the same code to a main module that waits for ever.
  process.on('beforeExit', () => {
    if (told) return;
    console.error(`${order.who}: ended in the middle of its function, which waits for what nothing here can bring`);
    process.exit(13);
  });
  process.on('exit', (code) => leave(code === 0, false));
  try {
    const fn = receiveFunction(order.shipment);
    const args = order.args.map(receiveValue);
    started = now();
    await runThread(fn, args);
    leave(true, true);
  } catch (error) {
    fail(error);
  }
}

/** The message and the stack of an error down to where the function was called; nothing of Node's own. */
function ownPart(error: Error): string {
  const lines = (error.stack ?? error.message).split('\n');
  const ours = lines.findIndex((line) => line.includes(` ${runThread.name} (`) || line.includes(` ${carryOut.name} (`));
  return lines
    .slice(0, ours < 0 ? undefined : ours)
    .filter((line) => !/^ +at .*\bnode:/.test(line))
    .join('\n');
}
