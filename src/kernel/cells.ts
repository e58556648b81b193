import { AsyncLocalStorage } from 'node:async_hooks';
import { StringDecoder } from 'node:string_decoder';
import { format } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { displaySymbol } from '../show/display.ts';
import { setHost } from '../show/host.ts';
import type { StreamName, ToCells, ToSockets } from './messages.ts';
import { createConverter, createExecutor, jupyter, ts } from './tslab.ts';
import type { Content } from './wire.ts';

interface Cell {
  readonly id: number;
  readonly count: number;
  readonly silent: boolean;
}

/** Runs cells on this thread, for the socket thread. */
export function serve(sockets: Worker): void {
  const tell = (message: ToSockets): void => sockets.postMessage(message);
  const context = new AsyncLocalStorage<Cell>();
  let latest: Cell = { id: 0, count: 0, silent: false };
  const cell = (): Cell => context.getStore() ?? latest;

  let failure: unknown;
  let value: unknown;
  const node = createConverter({ isJS: false, isBrowser: false });
  const converters = {
    node,
    get browser(): never {
      throw new Error('Cells for the browser are not supported.');
    },
    close: () => node.close(),
  };
  const executor = createExecutor(process.cwd(), converters, {
    log: (result: unknown) => {
      value = result;
    },
    error: (...args: unknown[]) => {
      failure = args.length > 1 ? new Error(format(...args)) : args[0];
    },
  });
  const handler = new jupyter.JupyterHandlerImpl(executor, false);

  for (const name of ['stdout', 'stderr'] as const) process[name].write = writer(name) as typeof process.stdout.write;

  function writer(name: StreamName) {
    const decoder = new StringDecoder('utf8');
    return (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
      const { id, silent } = cell();
      if (!silent) tell({ kind: 'stream', id, name, text });
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') process.nextTick(callback);
      return true;
    };
  }

  setHost({
    display: (data, { id, update = false } = {}) => {
      const transient = id === undefined ? {} : { display_id: id };
      publish(update ? 'update_display_data' : 'display_data', { data, metadata: {}, transient });
    },
    onInterrupt: () => () => {},
  });

  function publish(type: string, content: Content): void {
    const { id, silent } = cell();
    if (!silent) tell({ kind: 'publish', id, type, content });
  }

  async function execute(id: number, request: Content): Promise<Content> {
    const code = String(request.code);
    const silent = request.silent === true;
    latest = { id, silent, count: latest.count + (silent ? 0 : 1) };
    const count = latest.count;
    return context.run(latest, async () => {
      jupyter.lastWriteDisplayData = (data, update) =>
        publish(update ? 'update_display_data' : 'display_data', data as unknown as Content);
      publish('execute_input', { code, execution_count: count });
      failure = undefined;
      value = undefined;
      if (await executor.execute(code)) {
        if (value != null) publish('execute_result', { data: show(value), metadata: {}, execution_count: count });
        return { status: 'ok', execution_count: count, payload: [], user_expressions: {} };
      }
      const error = failure instanceof Error ? failure : new Error(String(failure));
      const report = { ename: error.name, evalue: error.message, traceback: (error.stack ?? '').split('\n') };
      publish('error', report);
      return { status: 'error', execution_count: count, ...report };
    });
  }

  function show(result: unknown): Record<string, string> {
    const shown = (result as { [displaySymbol]?: () => Record<string, string> })[displaySymbol];
    return typeof shown === 'function' ? shown.call(result) : { 'text/plain': format(result) };
  }

  function answer(type: string, content: Content): Content {
    if (type === 'complete_request') return handler.handleComplete(content as never) as unknown as Content;
    if (type === 'inspect_request') return handler.handleInspect(content as never) as unknown as Content;
    if (type === 'is_complete_request') return handler.handleIsComplete(content as never) as unknown as Content;
    if (type === 'history_request') return { status: 'ok', history: [] };
    if (type === 'comm_info_request') return { status: 'ok', comms: {} };
    return { status: 'error', ename: 'NotImplemented', evalue: `${type} is not supported.`, traceback: [] };
  }

  sockets.on('message', (message: ToCells) => {
    if (message.kind === 'execute') {
      void execute(message.id, message.content).then((content) => tell({ kind: 'reply', id: message.id, content }));
    } else if (message.kind === 'request') {
      tell({ kind: 'reply', id: message.id, content: answer(message.type, message.content) });
    } else {
      process.exit(0);
    }
  });

  const info = handler.handleKernel() as unknown as Content & { language_info: Content };
  tell({
    kind: 'ready',
    info: { ...info, status: 'ok', language_info: { ...info.language_info, version: ts.version } },
  });
}
