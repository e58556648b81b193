import { setTimeout as sleep } from 'node:timers/promises';
import type { Kernel, KernelManager } from '@jupyterlab/services';
import { connect, deathOf, shutDown } from './client.ts';
import { CourseError } from './environment.ts';
import { type Cell, hasTag, idOf, joined, type Lesson, type Notebook, type Output } from './notebook.ts';
import { type Displays, type Message, Outputs } from './outputs.ts';
import type { JupyterServer } from './server.ts';

interface RunOptions {
  /** The longest a cell may take, in ms; then it is interrupted. */
  readonly timeout: number;
  /** The kernel's name. Default `tslab`, which set-up makes ours. */
  readonly kernelName?: string;
  /** Called before each code cell with its number among the code cells, from 0. */
  readonly onCell?: (index: number) => void;
}

/** A lesson as it is after a run, nothing written. */
interface LessonRun {
  /** A copy with the fresh outputs. */
  readonly notebook: Notebook;
  /** Milliseconds of each code cell. */
  readonly durations: number[];
  /** Processes that the lesson started and had not ended a second after its last cell (on Linux). */
  readonly left: number[];
}

/** Runs lessons on one server, each in a kernel of its own. Close it before the server. */
export class LessonRunner {
  readonly #server: JupyterServer;
  readonly #kernels: KernelManager;

  constructor(server: JupyterServer) {
    this.#server = server;
    this.#kernels = connect(server);
  }

  /**
   * Runs a lesson from top to bottom in a fresh kernel, which is shut down in every case.
   *
   * @throws {CourseError} naming lesson, cell and message: a cell failed (unless it is tagged `raises-exception`), or
   *   did not end in time, or the kernel or the server died
   */
  async run(lesson: Lesson, options: RunOptions): Promise<LessonRun> {
    const name = options.kernelName ?? 'tslab';
    let kernel: Kernel.IKernelConnection;
    try {
      kernel = await this.#kernels.startNew({ name });
    } catch (error) {
      throw new CourseError(`${lesson.name}: the kernel ${name} did not start: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const died = deathOf(kernel, this.#server);
    died.catch(() => {});
    try {
      await answered(kernel, died, lesson);
      const before = this.#server.processes();
      const run = await runAll(kernel, died, lesson, options);
      return { ...run, left: await this.#newSince(before) };
    } finally {
      await shutDown(kernel);
    }
  }

  async #newSince(before: readonly number[]): Promise<number[]> {
    const now = () => this.#server.processes().filter((pid) => !before.includes(pid));
    for (let round = 0; now().length > 0 && round < 20; round += 1) await sleep(50);
    return now();
  }

  close(): void {
    this.#kernels.dispose();
  }
}

async function answered(kernel: Kernel.IKernelConnection, died: Promise<never>, lesson: Lesson): Promise<void> {
  await within(60_000, 'the kernel did not answer', [kernel.info, died]).catch((error: Error) => {
    throw new CourseError(`${lesson.name}: ${error.message}.`, { cause: error });
  });
}

async function runAll(
  kernel: Kernel.IKernelConnection,
  died: Promise<never>,
  lesson: Lesson,
  { timeout, onCell, kernelName = 'tslab' }: RunOptions,
): Promise<Omit<LessonRun, 'left'>> {
  const displays: Displays = new Map();
  const durations: number[] = [];
  const cells: Cell[] = [];
  for (const [index, cell] of lesson.notebook.cells.entries()) {
    const common = { ...cell, id: idOf(cell, index), metadata: lastingMetadata(cell.metadata) };
    if (cell.cell_type !== 'code') {
      cells.push(common);
      continue;
    }
    if (joined(cell.source).trim() === '') {
      cells.push({ ...common, outputs: [], execution_count: null });
      continue;
    }
    onCell?.(durations.length);
    const start = performance.now();
    try {
      const outputs = await runCell(kernel, died, cell, durations.length + 1, displays, timeout);
      durations.push(performance.now() - start);
      cells.push({ ...common, outputs, execution_count: durations.length });
    } catch (error) {
      throw new CourseError(describeFailure(lesson, cell, durations.length + 1, error as Error), { cause: error });
    }
  }
  const metadata = {
    ...lesson.notebook.metadata,
    kernelspec: { display_name: 'TypeScript', language: 'typescript', name: kernelName },
    language_info: (await kernel.info).language_info,
  };
  return { notebook: { cells, metadata, nbformat: 4, nbformat_minor: 5 }, durations };
}

/** What of a cell's metadata is the author's, not a run's. */
function lastingMetadata(metadata: Cell['metadata'] | undefined): Cell['metadata'] {
  const { execution, trusted, ExecuteTime, ...lasting } = metadata ?? {};
  return lasting;
}

async function runCell(
  kernel: Kernel.IKernelConnection,
  died: Promise<never>,
  cell: Cell,
  count: number,
  displays: Displays,
  timeout: number,
): Promise<Output[]> {
  const collected = new Outputs(displays, count);
  const future = kernel.requestExecute({ code: joined(cell.source), allow_stdin: false, stop_on_error: false });
  future.onIOPub = (message) => collected.take(message as Message);
  future.done.catch(() => {});
  try {
    const reply = await within(timeout, `it did not end in ${timeout / 1000} s`, [future.done, died]);
    if (reply.content.status !== 'ok' && !hasTag(cell, 'raises-exception'))
      throw failureOf(reply.content, collected.outputs);
  } catch (error) {
    if (error instanceof Late) {
      await kernel.interrupt().catch(() => {});
      // The interrupt's own error, if it comes, says where the cell was.
      await within(5000, '', [future.done, died]).catch(() => {});
    }
    throw error;
  } finally {
    future.dispose();
  }
  return collected.outputs;
}

class Late extends CourseError {}

/** The first of some promises to settle, or `Late` with the message when none does in time. */
async function within<T>(ms: number, message: string, promises: readonly Promise<T>[]): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(message)), ms);
  });
  try {
    return await Promise.race([...promises, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error of a failed cell: the protocol's, or what a kernel without it wrote to stderr. */
function failureOf(reply: { status: string; ename?: string; evalue?: string }, outputs: readonly Output[]): Error {
  const error = outputs.findLast((output) => output.output_type === 'error');
  if (error?.traceback?.length) return new CourseError(error.traceback.join('\n'));
  if (reply.ename) return new CourseError(`${reply.ename}: ${reply.evalue ?? ''}`);
  const stderr = outputs.filter((output) => output.name === 'stderr').map((output) => joined(output.text));
  return new CourseError(stderr.join('').trim() || `the kernel answered \`${reply.status}\``);
}

/** Says where it failed: `[7]` is what JupyterLab shows beside the cell. */
function describeFailure(lesson: Lesson, cell: Cell, count: number, error: Error): string {
  const source = joined(cell.source).trim().split('\n');
  const shown = source.slice(0, 3).map((line) => `    ${line}`);
  if (source.length > 3) shown.push('    …');
  return `${lesson.name}, cell [${count}]: ${error.message}\n${shown.join('\n')}`;
}
