import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Publisher, Reply, Router } from 'zeromq';
import type { ToCells, ToSockets } from './messages.ts';
import { Outbox } from './outbox.ts';
import { type Connection, type Content, type Header, type Message, Wire } from './wire.ts';

/** The socket thread of the kernel: all ZeroMQ sockets, the queue of cells, and the clock of the output. */
const cells = parentPort;
if (cells === null) throw new Error('sockets.ts is the socket thread of the kernel; start main.ts.');
const tell = (message: ToCells): void => cells.postMessage(message);

const connection = JSON.parse(
  readFileSync((workerData as { connectionFile: string }).connectionFile, 'utf8'),
) as Connection;
const wire = new Wire(connection.key);

const iopub = new Publisher({ sendHighWaterMark: 0, linger: 1000 });
const shell = new Router({ sendHighWaterMark: 0, linger: 1000 });
const control = new Router({ sendHighWaterMark: 0, linger: 1000 });
const stdin = new Router({ linger: 0 });
const heartbeat = new Reply({ linger: 0 });

interface Request {
  readonly id: number;
  readonly message: Message;
  readonly socket: Router;
}

/** Requests not answered yet. */
const open = new Map<number, Request>();
/** Headers of all cells that ever ran: output may come late. */
const headers = new Map<number, Header>();
/** Cells that wait; the first one is running when `running` is true. */
const queue: Request[] = [];
let running = false;
let lastId = 0;
let info: Content | undefined;
const whenReady: (() => void)[] = [];

const outbox = new Outbox(async (id, type, content) => {
  const parent = headers.get(id);
  const header = wire.header(type);
  await iopub.send(wire.pack({ identities: [Buffer.from(type)], header, parent, metadata: {}, content }) as Buffer[]);
});

const sending = new Map<Router, Promise<void>>();

function answer({ message, socket }: Request, type: string, content: Content): void {
  const frames = wire.pack({
    identities: message.identities,
    header: wire.header(type),
    parent: message.header,
    metadata: {},
    content,
  }) as Buffer[];
  sending.set(
    socket,
    (sending.get(socket) ?? Promise.resolve()).then(() => socket.send(frames)),
  );
}

function status(id: number, state: 'starting' | 'busy' | 'idle'): void {
  outbox.message(id, 'status', { execution_state: state });
}

/** The reply to a request, followed by its idle. */
function finish(request: Request, content: Content): void {
  open.delete(request.id);
  answer(request, request.message.header.msg_type.replace(/_request$/, '_reply'), content);
  status(request.id, 'idle');
  if (request.message.header.msg_type !== 'execute_request') headers.delete(request.id);
}

function next(): void {
  const request = queue[0];
  if (request === undefined || running || info === undefined) return;
  running = true;
  status(request.id, 'busy');
  tell({ kind: 'execute', id: request.id, content: request.message.content });
}

/** After a failed cell: what is queued now is answered as the protocol says, unless the failing cell asked for less. */
function abortQueued(): void {
  for (const request of queue.splice(0)) {
    status(request.id, 'busy');
    finish(request, { status: 'aborted', execution_count: null });
  }
}

function executed(request: Request, content: Content): void {
  queue.shift();
  running = false;
  finish(request, content);
  if (content.status !== 'ok' && request.message.content.stop_on_error !== false) abortQueued();
  next();
}

function received(socket: Router, message: Message): void {
  lastId += 1;
  const request: Request = { id: lastId, message, socket };
  const type = message.header.msg_type;
  if (!type.endsWith('_request')) return;
  open.set(request.id, request);
  headers.set(request.id, message.header);
  if (type === 'execute_request') {
    queue.push(request);
    next();
    return;
  }
  status(request.id, 'busy');
  if (type === 'kernel_info_request') {
    if (info === undefined) whenReady.push(() => finish(request, info!));
    else finish(request, info);
  } else if (type === 'shutdown_request') {
    finish(request, { status: 'ok', restart: message.content.restart === true });
    void shutDown();
  } else if (type === 'interrupt_request') {
    finish(request, { status: 'ok' });
  } else {
    tell({ kind: 'request', id: request.id, type, content: message.content });
  }
}

async function shutDown(): Promise<void> {
  await Promise.race([
    Promise.all([outbox.drained(), ...sending.values()]),
    new Promise((resolve) => setTimeout(resolve, 1000)),
  ]);
  // Open sockets at the end of the process make ZeroMQ's binding abort it.
  for (const socket of [iopub, shell, control, stdin, heartbeat]) socket.close();
  tell({ kind: 'exit' });
}

cells.on('message', (message: ToSockets) => {
  if (message.kind === 'stream') {
    outbox.text(message.id, message.name, message.text);
  } else if (message.kind === 'publish') {
    outbox.message(message.id, message.type, message.content);
  } else if (message.kind === 'reply') {
    const request = open.get(message.id);
    if (request?.message.header.msg_type === 'execute_request') executed(request, message.content);
    else if (request) finish(request, message.content);
  } else {
    info = message.info;
    for (const reply of whenReady.splice(0)) reply();
    next();
  }
});

async function listen(socket: Router): Promise<void> {
  for await (const frames of socket) {
    try {
      received(socket, wire.unpack(frames));
    } catch (error) {
      process.stderr.write(`interleaved kernel: ${error}\n`);
    }
  }
}

async function echo(): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

const address = (port: number): string => `${connection.transport}://${connection.ip}:${port}`;
await Promise.all([
  iopub.bind(address(connection.iopub_port)),
  shell.bind(address(connection.shell_port)),
  control.bind(address(connection.control_port)),
  stdin.bind(address(connection.stdin_port)),
  heartbeat.bind(address(connection.hb_port)),
]);
status(0, 'starting');
void listen(shell);
void listen(control);
void echo();
