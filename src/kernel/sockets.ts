import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { freeMainThread } from './interrupt.ts';
import { isLimited, RateWindow } from './limits.ts';
import { fewUntaken, type SocketsData, State, type ToCells, type ToSockets } from './messages.ts';
import { Outbox } from './outbox.ts';
import { Ports, type Received } from './ports.ts';
import { end, Processes } from './processes.ts';
import type { Connection, Content, Header } from './wire.ts';

/** The socket thread of the kernel: all ZeroMQ sockets, the queue of cells, the clock of the output, interrupts. */
const cells = parentPort;
if (cells === null) throw new Error('sockets.ts is the socket thread of the kernel; start main.ts.');
const tell = (message: ToCells): void => cells.postMessage(message);

const { connectionFile, state } = workerData as SocketsData;
const ports = new Ports(JSON.parse(readFileSync(connectionFile, 'utf8')) as Connection);

interface Request extends Received {
  readonly id: number;
}

interface Running {
  readonly request: Request;
  readonly began: number;
  readonly ended: Promise<void>;
  over(): void;
}

/** Requests not answered yet. */
const open = new Map<number, Request>();
/** Headers of open requests, and of all cells that ever ran: their output may come late. */
const headers = new Map<number, Header>();
/** Cells that wait; while one is running it is the first. */
const queue: Request[] = [];
let running: Running | undefined;
let interrupting: Promise<void> | undefined;
let lastId = 0;
/** The answer to kernel_info_request, from when cells can run. */
let info: Content | undefined;
const waitingForInfo: (() => void)[] = [];
const pongs: (() => void)[] = [];
const processes = new Processes();
let closing: Promise<void> | undefined;

const outbox = new Outbox(
  { pack: (id, type, content) => ports.pack(type, content, headers.get(id)), send: (frames) => ports.publish(frames) },
  isLimited(process.env) ? new RateWindow() : undefined,
);

function status(id: number, execution_state: 'starting' | 'busy' | 'idle'): void {
  outbox.message(id, 'status', { execution_state });
}

/** The reply to a request, and its idle. */
function finish(request: Request, content: Content): void {
  open.delete(request.id);
  ports.reply(request, content);
  status(request.id, 'idle');
  if (request.message.header.msg_type === 'execute_request') return;
  void outbox.drained().then(() => headers.delete(request.id));
}

function runNext(): void {
  const request = queue[0];
  if (request === undefined || running || interrupting || info === undefined) return;
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  running = { request, began: performance.now(), ended, over };
  status(request.id, 'busy');
  tell({ kind: 'execute', id: request.id, content: request.message.content });
}

function executed(request: Request, content: Content): void {
  queue.shift();
  running?.over();
  running = undefined;
  finish(request, content);
  if (content.status !== 'ok' && request.message.content.stop_on_error !== false) {
    // The protocol's word for the cells that were sent before their sender knew of the error.
    for (const waiting of queue.splice(0)) {
      status(waiting.id, 'busy');
      finish(waiting, { status: 'aborted', execution_count: null });
    }
  }
  runNext();
}

function receive(received: Received): void {
  const { message } = received;
  const type = message.header.msg_type;
  if (!type.endsWith('_request')) return;
  lastId += 1;
  const request: Request = { id: lastId, ...received };
  open.set(request.id, request);
  headers.set(request.id, message.header);
  if (type === 'execute_request') {
    queue.push(request);
    runNext();
    return;
  }
  status(request.id, 'busy');
  if (type === 'kernel_info_request') {
    if (info === undefined) waitingForInfo.push(() => finish(request, info!));
    else finish(request, info);
  } else if (type === 'shutdown_request') {
    finish(request, { status: 'ok', restart: message.content.restart === true });
    void exit();
  } else if (type === 'interrupt_request') {
    void interrupt().then(() => finish(request, { status: 'ok' }));
  } else {
    tell({ kind: 'request', id: request.id, type, content: message.content });
  }
}

function ping(): Promise<void> {
  return new Promise((resolve) => {
    pongs.push(resolve);
    tell({ kind: 'ping' });
  });
}

/** Interrupts the running cell; no cell begins before that is over, or it could be hit. */
function interrupt(): Promise<void> {
  // What runs before cells can is the loading of the kernel itself: broken off, it would never be ready.
  if (info === undefined) return Promise.resolve();
  interrupting ??= interruptRunning().finally(() => {
    interrupting = undefined;
    runNext();
  });
  return interrupting;
}

async function interruptRunning(): Promise<void> {
  const current = running;
  const main = { ping, state, endBlocking: () => (current ? end(processesOf(current), 'SIGINT') : sleep(0)) };
  // Also without a cell: something that an earlier one left behind may keep the thread.
  await freeMainThread(main);
  if (!current) return;
  outbox.hurry(current.request.id);
  // Until the cell is over: the thread, free a moment ago, may get stuck once more, in a callback that is due now.
  while (running === current) {
    tell({ kind: 'interrupt', id: current.request.id });
    await Promise.race([current.ended, sleep(250)]);
    if (running === current) await freeMainThread(main, 500);
  }
}

/** The processes that the running cell has started. */
function processesOf({ request, began }: Running): number[] {
  return processes.of(request.id, (performance.now() - began) / 1000);
}

async function endProcessesOf(id: number): Promise<void> {
  const pids = running?.request.id === id ? processesOf(running) : [];
  await end(pids, 'SIGINT');
  tell({ kind: 'processes ended', id, count: pids.length });
}

/** Sends what is left, ends every process, closes the sockets: the last thing this kernel does. */
function close(): Promise<void> {
  closing ??= (async () => {
    await Promise.race([Promise.all([outbox.drained(), ports.replied()]), sleep(1000)]);
    await end(processes.all(), 'SIGTERM');
    ports.close();
    Atomics.store(state, State.closed, 1);
    Atomics.notify(state, State.closed);
  })();
  return closing;
}

async function exit(): Promise<void> {
  await close();
  tell({ kind: 'exit' });
  await sleep(200);
  process.kill(process.pid, 'SIGKILL'); // the main thread is busy with a cell
}

function taken(): void {
  if (Atomics.sub(state, State.untaken, 1) === fewUntaken) Atomics.notify(state, State.untaken);
}

cells.on('message', (message: ToSockets) => {
  switch (message.kind) {
    case 'stream':
      taken();
      return outbox.text(message.id, message.name, message.text);
    case 'publish':
      taken();
      return outbox.message(message.id, message.type, message.content);
    case 'reply': {
      const request = open.get(message.id);
      if (request === undefined) return;
      return request === queue[0] ? executed(request, message.content) : finish(request, message.content);
    }
    case 'pong':
      for (const resolve of pongs.splice(0)) resolve();
      return;
    case 'interrupt':
      return void interrupt();
    case 'spawned':
      return processes.spawned(message.pid, message.id, message.detached);
    case 'end processes':
      return void endProcessesOf(message.id);
    case 'close':
      return void close();
    case 'ready':
      info = message.info;
      for (const reply of waitingForInfo.splice(0)) reply();
      return runNext();
  }
});

/** A kernel whose server has died is of no use to anyone. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void exit();
  }, 500);
}

await ports.open(receive);
status(0, 'starting');
endWithParent();
