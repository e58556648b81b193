import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { format } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { displaySymbol } from '../show/display.ts';
import { setHost } from '../show/host.ts';
import { type Cell, Cells } from './cells.ts';
import { createCompiler } from './compile.ts';
import { type ErrorReport, Interrupted, nameCellsInStacks, report } from './errors.ts';
import { leftoversStopper } from './leftovers.ts';
import { breakingOff, State, type ToCells, type ToSockets } from './messages.ts';
import { takeOutput } from './output.ts';
import { OwnedWorkers } from './owned.ts';
import { answer, kernelInfo } from './requests.ts';
import { createExecutor, jupyter } from './tslab.ts';
import type { Content } from './wire.ts';

/** How long an unhandled rejection of a running cell may wait to be handled after all, ms. */
const handledLate = 5000;

/** What a run has brought so far. */
interface Run {
  readonly cell: Cell;
  value?: unknown;
  error?: unknown;
  /** Reports of errors that were nobody's: thrown in a callback, or rejected and not handled. */
  readonly stray: ErrorReport[];
  readonly rejections: Map<Promise<unknown>, unknown>;
}

/** Runs cells on this thread for the socket thread. */
export function serve(sockets: Worker, state: Int32Array): void {
  const tell = (message: ToSockets): void => sockets.postMessage(message);
  const cells = new Cells();
  const owned = new OwnedWorkers(cells, (pid, { id }, detached) => tell({ kind: 'spawned', pid, id, detached }));
  const output = takeOutput(cells, owned, ({ id, silent, state }, name, text) => {
    if (!silent && state !== 'interrupted') tell({ kind: 'stream', id, name, text });
  });
  const stopLeftovers = leftoversStopper(cells);
  const compiler = createCompiler(
    () => cells.latest,
    (busy) => Atomics.add(state, State.compiling, busy ? 1 : -1),
  );
  let run: Run | undefined;
  const executor = createExecutor(
    process.cwd(),
    {
      node: compiler.converter,
      get browser(): never {
        throw new Error('This kernel runs cells in Node only; remove the comment @browser.');
      },
      close: () => compiler.converter.close(),
    },
    {
      log: (value: unknown) => {
        if (run?.cell === cells.here) run.value = value;
      },
      error: (error: unknown) => {
        if (run?.cell === cells.here) run.error = compiler.error ?? error;
      },
    },
  );
  const handler = new jupyter.JupyterHandlerImpl(executor, false);
  const inputs: string[] = [];
  const ends = new Set<() => void>();
  const childrenEnded = new Map<number, (count: number) => void>();

  function publish(type: string, content: Content, { id, silent, state }: Cell = cells.here): void {
    if (!silent && state !== 'interrupted') tell({ kind: 'publish', id, type, content });
  }

  function display(content: Content, update: boolean): void {
    publish(update ? 'update_display_data' : 'display_data', content);
  }

  jupyter.lastWriteDisplayData = (data, update) => display(data as unknown as Content, update);
  console.clear = () => publish('clear_output', { wait: false });
  setHost({
    display: (data, { id, update = false } = {}) =>
      display({ data, metadata: {}, transient: id === undefined ? {} : { display_id: id } }, update),
    onInterrupt: (end) => {
      ends.add(end);
      return () => ends.delete(end);
    },
  });

  /** Reports an error that no code of the cell has caught, under the cell to which it belongs. */
  function stray(error: unknown, cell: Cell, what: string): void {
    const note = cell.state === 'running' ? `${what}:` : `${what}, after cell ${cell.count} had ended:`;
    const found = report(error, cell, note);
    if (run?.cell === cell) run.stray.push(found);
    publish('error', { ...found }, cell);
  }

  process.on('uncaughtException', (error) => {
    if ((error as unknown) !== breakingOff) stray(error, cells.here, 'Thrown where nobody could catch it');
  });
  process.on('unhandledRejection', (error, promise) => {
    const cell = cells.here;
    const current = run;
    if (current?.cell !== cell) return stray(error, cell, 'Rejected, and nobody handled it');
    current.rejections.set(promise, error);
    setTimeout(() => reportRejections(current, promise), handledLate).unref();
  });
  process.on('rejectionHandled', (promise) => run?.rejections.delete(promise));
  const onSigint = (): void => tell({ kind: 'interrupt' });
  process.on('SIGINT', onSigint);

  function reportRejections({ rejections, cell }: Run, only?: Promise<unknown>): void {
    for (const [promise, error] of rejections) {
      if (only && only !== promise) continue;
      rejections.delete(promise);
      stray(error, cell, 'Rejected, and nobody handled it');
    }
  }

  function execute(id: number, request: Content): void {
    const silent = request.silent === true;
    const counted = !silent && request.store_history !== false;
    const cell = cells.begin(id, silent, counted);
    const current: Run = { cell, stray: [], rejections: new Map() };
    run = current;
    void cells.within(cell, async () => {
      const code = String(request.code);
      if (counted) inputs.push(code);
      publish('execute_input', { code, execution_count: cell.count });
      let failure: ErrorReport | undefined;
      try {
        if (await executor.execute(code)) await showResult(current);
        else if (isSigint(current.error)) return void interruptCell(id);
        else failure = report(current.error, cell);
        await settle(cell);
      } catch (error) {
        failure = report(error, cell);
      }
      if (cell.state === 'running') finish(current, failure);
    });
  }

  /** Ends a run: called by the run itself or, when the run was broken off and cannot go on, by the interrupt. */
  function finish(current: Run, failure: ErrorReport | undefined): void {
    const { cell } = current;
    if (failure) tell({ kind: 'publish', id: cell.id, type: 'error', content: { ...failure } });
    reportRejections(current);
    run = undefined;
    if (cell.state === 'running') cell.state = 'over';
    const error = failure ?? current.stray[0];
    const common = { execution_count: cell.count, user_expressions: {}, payload: [] };
    const content = error ? { status: 'error', ...common, ...error } : { status: 'ok', ...common };
    tell({ kind: 'reply', id: cell.id, content });
  }

  async function showResult({ value, cell }: Run): Promise<void> {
    if (value === undefined || value === null) return;
    const shown = (value as { [displaySymbol]?: () => unknown })[displaySymbol];
    const data = typeof shown === 'function' ? await shown.call(value) : { 'text/plain': format(value) };
    publish('execute_result', { data, metadata: {}, execution_count: cell.count });
  }

  /** One turn of the event loop for rejections to become known; a little longer for what workers have printed. */
  async function settle(cell: Cell): Promise<void> {
    await turn();
    if (!owned.mayPrint(cell)) return;
    const start = performance.now();
    do await sleep(5);
    while (performance.now() - output.lastForwarded() < 10 && performance.now() - start < 100);
  }

  async function interruptCell(id: number): Promise<void> {
    const current = run;
    if (current?.cell.id !== id || current.cell.state !== 'running') return;
    const { cell } = current;
    reportRejections(current);
    cell.state = 'interrupted';
    stopLeftovers();
    // Node takes the listeners off while a cell's first stretch runs; broken off, it does not put them back.
    process.off('SIGINT', onSigint).on('SIGINT', onSigint);
    executor.interrupt();
    for (const end of ends) {
      try {
        end();
      } catch (error) {
        tell({ kind: 'publish', id, type: 'error', content: { ...report(error, cell) } });
      }
    }
    const processes = new Promise<number>((resolve) => {
      childrenEnded.set(id, resolve);
      tell({ kind: 'end processes', id });
    });
    const counts = Promise.all([owned.endWorkersOf(cell), processes]);
    const [threads, children] = await Promise.race([counts, sleep(1500, [0, 0])]);
    const ended = [count(threads!, 'thread', 'threads'), count(children!, 'process', 'processes')].filter(Boolean);
    const text = ended.length === 0 ? '' : ` ${ended.join(' and ')} that it had started ended with it.`;
    finish(current, report(new Interrupted(`The cell was interrupted.${text}`)));
  }

  sockets.on('message', (message: ToCells) => {
    switch (message.kind) {
      case 'execute':
        return execute(message.id, message.content);
      case 'request':
        return tell({ kind: 'reply', id: message.id, content: answer(handler, inputs, message.type, message.content) });
      case 'ping':
        return tell({ kind: 'pong' });
      case 'interrupt':
        return void interruptCell(message.id);
      case 'processes ended':
        childrenEnded.get(message.id)?.(message.count);
        childrenEnded.delete(message.id);
        return;
      case 'exit':
        return process.exit(0);
    }
  });

  nameCellsInStacks();
  tell({ kind: 'ready', info: kernelInfo(handler) });
}

/** What tslab's way of running a cell throws when a signal ends the cell's first, synchronous stretch. */
function isSigint(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
}

function count(n: number, one: string, many: string): string {
  return n === 0 ? '' : `${n} ${n === 1 ? one : many}`;
}
