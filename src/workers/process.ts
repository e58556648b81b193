import { fork } from 'node:child_process';
import { constants } from 'node:os';
import { addChildCpu } from '../timing/cpu.ts';
import { noteChildMemory } from '../timing/memory.ts';
import { childOptions, endWithParent } from './children.ts';
import type { Notice } from './entry.ts';
import { workerFile } from './files.ts';
import { type Launch, Runnable, type RunnableOptions } from './runnable.ts';

const entry = workerFile(import.meta.filename, 'process-entry');

/**
 * A function that runs in a process of its own, beside this one, with Python's words.
 *
 * The function and its arguments are copied to the process, which shares nothing with this one. What it prints appears
 * here. An error in it is printed and gives exit code 1. The process ends when the function has returned and left
 * nothing to wait for, and at the latest with this process.
 *
 * @example
 * const child = new Process(count, 1_000_000);
 * child.start();
 * await child.join();
 */
export class Process<A extends unknown[] = unknown[]> extends Runnable<A> {
  constructor(target: (...args: A) => unknown, ...args: A);
  constructor(options: RunnableOptions<A>);
  constructor(target: ((...args: A) => unknown) | RunnableOptions<A>, ...args: unknown[]) {
    super('process', launch, target, args);
  }

  /** The system's number of the process, once it was started: `id` by Python's name. */
  get pid(): number | undefined {
    return this.id;
  }
}

const launch: Launch = (order, _transfer, { heard, ended }) => {
  const child = fork(entry, [], {
    execArgv: childOptions(),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  endWithParent(child);
  child.stdout?.on('data', (chunk: Buffer) => process.stdout.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  child.on('message', (notice: Notice) => {
    if (notice?.interleaved === 'left') {
      addChildCpu(notice.cpu);
      noteChildMemory(child, notice.memory);
    }
    heard(notice);
  });
  child.on('error', (error) => console.error(`${order.who}: ${error.message}`));
  // 'close' comes after the exit and after the last of the output.
  child.once('close', (code, signal) => ended(code ?? -(signal === null ? 1 : constants.signals[signal])));
  try {
    child.send(order);
  } catch (error) {
    // An argument cannot be copied, and a child without an order would wait for ever.
    child.kill('SIGKILL');
    throw error;
  }
  return { id: child.pid, terminate: () => child.kill('SIGTERM'), kill: () => child.kill('SIGKILL') };
};
