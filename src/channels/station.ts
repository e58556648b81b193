import type { Server, Socket } from 'node:net';
import { MessageChannel, type MessagePort, postMessageToThread, threadId } from 'node:worker_threads';
import type { Address } from './core.ts';
import type { Hub } from './hub.ts';
import { type Hello, Link } from './link.ts';
import { leave, stay } from './stay.ts';
import { type Ear, portWire, socketWire, type Wire } from './wires.ts';

/*
 * Where the queues of this thread can be called: by other threads of the process over ports, by other processes over a
 * local socket. There as long as a queue of this thread is known elsewhere and not closed.
 */

/** A call from another thread of this process. */
interface PortCall {
  readonly interleaved: 'queue';
  readonly hello: Hello;
  readonly port: MessagePort;
  readonly word: Int32Array;
}

/** A line to a queue elsewhere. The port and the word that its thread can sleep on exist within one process. */
export interface Line {
  readonly wire: Wire;
  readonly port?: MessagePort;
  readonly word?: Int32Array;
}

const hubs = new Map<string, WeakRef<Hub>>();
const dropped = new FinalizationRegistry<string>((id) => remove(id));
let count = 0;
/** True once threads can call; they always get an answer from then on, since one that sleeps must be woken. */
let isListening = false;
let server: Server | undefined;

/** Under what name the queues of this thread are known, where they are called, and what a caller must say first. */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly secret: string;
}

let place: Place | undefined;

/** An address for a new queue of this thread. */
export function addressOf(maxsize: number): Address {
  count += 1;
  place ??= newPlace();
  const { name, path, secret } = place;
  return { id: `${name}.${count}`, maxsize, pid: process.pid, thread: threadId, path, secret };
}

function newPlace(): Place {
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const name = `interleaved-${randomBytes(6).toString('hex')}`;
  // On Linux the name leaves no file behind, whatever ends the process; but any user can read it, hence the secret.
  const file = (): string =>
    process.getBuiltinModule('node:path').join(process.getBuiltinModule('node:os').tmpdir(), `${name}.sock`);
  const path = process.platform === 'linux' ? `\0${name}` : file();
  return { name, path, secret: randomBytes(16).toString('hex') };
}

/** From now on the queue can be called. */
export function open(hub: Hub): void {
  const { id } = hub.address;
  if (hubs.has(id)) return;
  hubs.set(id, new WeakRef(hub));
  dropped.register(hub, id, hub);
  if (!isListening) process.on('workerMessage', onPortCall);
  isListening = true;
  if (server !== undefined) return;
  process.once('exit', shut);
  // Modules of Node are loaded only where they are needed: a thread that was given a queue needs none of them.
  const { createServer } = process.getBuiltinModule('node:net');
  // Where no socket can be had, threads have their queues all the same.
  server = createServer(onSocketCall).on('error', shut).listen(hub.address.path).unref();
}

/** It can be called no more. */
export function forget(hub: Hub): void {
  dropped.unregister(hub);
  remove(hub.address.id);
}

function remove(id: string): void {
  hubs.delete(id);
  if (hubs.size === 0) shut();
}

function shut(): void {
  process.off('exit', shut);
  server?.close();
  server = undefined;
}

function onPortCall(call: PortCall | undefined): void {
  if (call?.interleaved !== 'queue') return;
  let link: Link | undefined;
  const ear: Ear = { hear: (said) => link?.hear(said as never), closed: () => link?.closed() };
  link = answer(call.hello, portWire(call.port, ear, call.word));
}

/** Sockets on which nothing was said so far. */
const silent = new Set<Socket>();

/** True while another process has called and not said yet for which queue: its thread may be busy with something. */
export const isCalled = (): boolean => silent.size > 0;

function onSocketCall(socket: Socket): void {
  let link: Link | undefined;
  silent.add(socket);
  const ear: Ear = {
    hear(said) {
      silent.delete(socket);
      if (link === undefined) link = answer(said as Hello, wire);
      else link.hear(said as never);
    },
    closed() {
      silent.delete(socket);
      link?.closed();
    },
  };
  const wire = socketWire(socket, ear, place!.secret);
}

/** A queue of this thread that can be called. */
export const hubWith = (id: string): Hub | undefined => hubs.get(id)?.deref();

function answer(hello: Hello, wire: Wire): Link | undefined {
  const hub = hubWith(hello.id);
  if (hub !== undefined) return new Link(hub, wire, hello);
  wire.post([['end']], []);
  wire.close();
  return undefined;
}

/** Calls a queue of another thread. What is said before it answers is kept. */
export function call(address: Address, hello: Hello, ear: Ear): Line {
  if (address.pid === process.pid) {
    const { port1: port, port2 } = new MessageChannel();
    const word = new Int32Array(new SharedArrayBuffer(4));
    const message: PortCall = { interleaved: 'queue', hello, port: port2, word };
    // Until the call has arrived, what is said goes with this thread, which nothing else need keep alive.
    stay();
    postMessageToThread(address.thread, message, [port2])
      .catch(() => port.close())
      .finally(leave);
    return { wire: portWire(port, ear), port, word };
  }
  const socket = process.getBuiltinModule('node:net').connect(address.path);
  socket.write(address.secret, 'latin1');
  const wire = socketWire(socket, ear);
  wire.post(hello, []);
  return { wire };
}
