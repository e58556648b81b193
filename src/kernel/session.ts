import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { format } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { displaySymbol } from '../show/display.ts';
import { setHost } from '../show/host.ts';
import { type Cell, Cells } from './cells.ts';
import { createCompiler } from './compile.ts';
import { Critical } from './critical.ts';
import { type ErrorReport, Interrupted, nameCellsInStacks, report } from './errors.ts';
import { Leftovers } from './leftovers.ts';
import { breakingOff, fewUntaken, manyUntaken, State, type ToCells, type ToSockets } from './messages.ts';
import { takeOutput } from './output.ts';
import { OwnedWorkers } from './owned.ts';
import { answer, kernelInfo } from './requests.ts';
import { Strays } from './strays.ts';
import { createExecutor, jupyter } from './tslab.ts';
import type { Content } from './wire.ts';

/** A cell that runs, and what tslab's executor has said of it. */
interface Run {
  readonly cell: Cell;
  value?: unknown;
  error?: unknown;
  /** When its interrupt began, on the clock of `performance.now()`. */
  interrupted?: number;
}

/** How long an interrupt may take to end workers and processes, ms. */
const endsWithin = 1500;

/** Runs cells on this thread for the socket thread. */
export function serve(sockets: Worker, state: Int32Array): void {
  const tell = (message: ToSockets): void => sockets.postMessage(message);
  const cells = new Cells();
  const owned = new OwnedWorkers(cells, (pid, { id }, detached) => tell({ kind: 'spawned', pid, id, detached }));
  const output = takeOutput(cells, ({ id, silent, state: cellState }, name, text) => {
    if (!silent && cellState !== 'interrupted') put({ kind: 'stream', id, name, text });
  });
  const strays = new Strays(cells, (error, cell) => publish('error', { ...error }, cell));
  const leftovers = new Leftovers(cells);
  const critical = new Critical(state);
  const compiler = createCompiler(() => cells.latest, critical);
  let run: Run | undefined;
  const executor = createExecutor(process.cwd(), compiler, {
    log: (value: unknown) => {
      if (run?.cell === cells.here) run.value = value;
    },
    error: (error: unknown) => {
      if (run?.cell === cells.here) run.error = compiler.error ?? error;
    },
  });
  const handler = new jupyter.JupyterHandlerImpl(executor, false);
  const inputs: string[] = [];
  const ends = new Set<() => void>();
  const processesEnded = new Map<number, (count: number) => void>();

  /** Sends output; waits while too much of it is on the way, so that an endless loop of output fills no memory. */
  function put(message: ToSockets & { kind: 'stream' | 'publish' }): void {
    tell(message);
    if (Atomics.add(state, State.untaken, 1) < manyUntaken) return;
    for (let left = manyUntaken; left > fewUntaken; left = Atomics.load(state, State.untaken)) {
      Atomics.wait(state, State.untaken, left, 20);
    }
  }

  function publish(type: string, content: Content, { id, silent, state: cellState }: Cell = cells.here): void {
    // What cannot be written as JSON fails here, in the cell: in the socket thread it would end the kernel.
    JSON.stringify(content);
    if (!silent && cellState !== 'interrupted') put({ kind: 'publish', id, type, content });
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

  function execute(id: number, request: Content): void {
    const code = String(request.code);
    const silent = request.silent === true;
    const counted = !silent && request.store_history !== false;
    if (counted) inputs.push(code);
    const cell = cells.begin(id, silent, counted);
    const current: Run = { cell };
    run = current;
    critical.reset();
    void cells.within(cell, async () => {
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
      if (cell.state === 'running') finish(cell, failure);
    });
  }

  /** Ends a run: called by the run itself or, when the run was broken off and cannot go on, by the interrupt. */
  function finish(cell: Cell, failure: ErrorReport | undefined): void {
    const { id, count, silent } = cell;
    if (failure && !silent) put({ kind: 'publish', id, type: 'error', content: { ...failure } });
    const stray = strays.settle(cell);
    const error = failure ?? stray;
    if (cell.state === 'running') cell.state = 'over';
    run = undefined;
    const common = { execution_count: count, user_expressions: {}, payload: [] };
    const content = error ? { status: 'error', ...common, ...error } : { status: 'ok', ...common };
    tell({ kind: 'reply', id, content });
  }

  async function showResult({ value, cell }: Run): Promise<void> {
    if (value === undefined || value === null) return;
    const shown = (value as { [displaySymbol]?: () => unknown })[displaySymbol];
    const bundle = typeof shown === 'function' ? await shown.call(value) : undefined;
    const data = typeof bundle === 'object' && bundle !== null ? bundle : { 'text/plain': format(value) };
    publish('execute_result', { data, metadata: {}, execution_count: cell.count });
  }

  /** One turn of the event loop for rejections to become known; a little longer for what workers have printed. */
  async function settle(cell: Cell): Promise<void> {
    await turn();
    if (!owned.mayPrint(cell)) return;
    const start = performance.now();
    do await sleep(5);
    while (performance.now() - output.lastPiped() < 10 && performance.now() - start < 100);
  }

  async function interruptCell(id: number): Promise<void> {
    const current = run;
    if (current?.cell.id !== id) return;
    const { cell } = current;
    if (current.interrupted !== undefined) {
      // The interrupt itself may have been broken off, together with something that the cell had left behind.
      if (performance.now() - current.interrupted > 2 * endsWithin)
        finish(cell, report(new Interrupted(interruption(0, 0))));
      return;
    }
    current.interrupted = performance.now();
    strays.settle(cell);
    cell.state = 'interrupted';
    leftovers.stop();
    // Node takes the listeners off while a cell's first stretch runs; broken off, it does not put them back.
    process.off('SIGINT', onSigint).on('SIGINT', onSigint);
    executor.interrupt();
    for (const end of ends) {
      try {
        end();
      } catch (error) {
        put({ kind: 'publish', id, type: 'error', content: { ...report(error, cell) } });
      }
    }
    const processes = new Promise<number>((resolve) => {
      processesEnded.set(id, resolve);
      tell({ kind: 'end processes', id });
    });
    const [threads, children] = await Promise.race([
      Promise.all([owned.endWorkersOf(cell), processes]),
      sleep(endsWithin, [0, 0] as const),
    ]);
    if (run === current) finish(cell, report(new Interrupted(interruption(threads, children))));
  }

  process.on('uncaughtException', (error: unknown) => {
    if (error === breakingOff) leftovers.pause();
  });
  const onSigint = (): void => tell({ kind: 'interrupt' });
  process.on('SIGINT', onSigint);

  sockets.on('message', (message: ToCells) => {
    switch (message.kind) {
      case 'execute':
        return execute(message.id, message.content);
      case 'request':
        return tell({
          kind: 'reply',
          id: message.id,
          content: answer(handler, inputs, message.type, message.content),
        });
      case 'ping':
        return tell({ kind: 'pong' });
      case 'interrupt':
        return void interruptCell(message.id);
      case 'processes ended':
        processesEnded.get(message.id)?.(message.count);
        processesEnded.delete(message.id);
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

function interruption(threads: number, processes: number): string {
  const ended = [count(threads, 'thread', 'threads'), count(processes, 'process', 'processes')].filter(Boolean);
  const more = ended.length === 0 ? '' : ` What it had started was ended with it: ${ended.join(' and ')}.`;
  return `The cell was interrupted.${more}`;
}

function count(n: number, one: string, many: string): string {
  return n === 0 ? '' : `${n} ${n === 1 ? one : many}`;
}
