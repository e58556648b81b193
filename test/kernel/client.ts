import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Request, Subscriber } from 'zeromq';
import { type Connection, type Content, type Message, Wire } from '../../src/kernel/wire.ts';
import { freePorts } from './ports.ts';
import { patience, within } from './waits.ts';

export const root = join(import.meta.dirname, '..', '..');

/** The kernel under test, from source and built, and tslab's own for comparison. */
export const kernels: Record<'ours' | 'built' | 'tslab', (connectionFile: string) => string[]> = {
  ours: (file) => [join(root, 'src', 'kernel', 'main.ts'), `--config-path=${file}`],
  built: (file) => [join(root, 'dist', 'kernel', 'main.js'), `--config-path=${file}`],
  tslab: (file) => [join(root, 'node_modules', 'tslab', 'bin', 'tslab'), 'kernel', `--config-path=${file}`],
};

/** What a cell brought: its messages on iopub in order, and its reply. */
export interface Outcome {
  readonly reply: Content;
  readonly messages: readonly Message[];
  /** Joined text of one stream. */
  stream(name: 'stdout' | 'stderr'): string;
  /** Contents of all messages of a type. */
  all(type: string): Content[];
}

interface Pending {
  readonly messages: Message[];
  reply?: Content;
  idle: boolean;
  settle(): void;
}

interface StartOptions {
  env?: Record<string, string>;
  cwd?: string;
  kernel?: keyof typeof kernels;
  /** Between this process and the kernel stands another one, `process`, as a server would. */
  throughParent?: boolean;
  /** It is interrupted before it is ready. */
  interrupted?: boolean;
}

const parent = `
  const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' });
  console.log('kernel ' + child.pid)`;

/** A kernel in a process of its own and a client of it over bare ZeroMQ; every wait has a limit. */
export class KernelClient {
  readonly process: ChildProcess;
  readonly #wire: Wire;
  readonly #folder: string;
  readonly #shell = new Dealer({ linger: 0 });
  readonly #control = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  readonly #heartbeat = new Request({ linger: 0 });
  readonly #pending = new Map<string, Pending>();
  /** All messages on iopub since the start, in order. */
  readonly iopub: Message[] = [];
  /** What the kernel process itself wrote on its stdout and stderr. */
  log = '';
  readonly exited: Promise<number | null>;

  private constructor(process: ChildProcess, wire: Wire, folder: string) {
    this.process = process;
    this.#wire = wire;
    this.#folder = folder;
    this.exited = new Promise((resolve) => process.once('exit', resolve));
    for (const stream of [process.stdout, process.stderr]) stream?.on('data', (data) => (this.log += data));
  }

  /** The process id of the kernel itself. */
  get pid(): number {
    return Number(/kernel (\d+)/.exec(this.log)?.[1] ?? this.process.pid);
  }

  static async start(options: StartOptions = {}): Promise<KernelClient> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await KernelClient.#start(options);
      } catch (error) {
        // Between the choice of the ports and their use another process may take one; Jupyter would try again as well.
        if (tries === 3 || !/Address already in use/.test(String(error))) throw error;
      }
    }
  }

  static async #start({
    env = {},
    cwd = root,
    kernel = 'ours',
    throughParent = false,
    interrupted = false,
  }: StartOptions): Promise<KernelClient> {
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = (await freePorts(5)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const connection: Connection & Content = {
      transport: 'tcp',
      ip: '127.0.0.1',
      key: randomUUID(),
      signature_scheme: 'hmac-sha256',
      shell_port,
      iopub_port,
      stdin_port,
      control_port,
      hb_port,
    };
    const folder = mkdtempSync(join(tmpdir(), 'kernel-test-'));
    const file = join(folder, 'connection.json');
    writeFileSync(file, JSON.stringify(connection));
    const args = kernels[kernel](file);
    const child = spawn(process.execPath, throughParent ? ['-e', parent, '--', ...args] : args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const client = new KernelClient(child, new Wire(connection.key), folder);
    try {
      client.#shell.connect(`tcp://127.0.0.1:${shell_port}`);
      client.#control.connect(`tcp://127.0.0.1:${control_port}`);
      client.#iopub.connect(`tcp://127.0.0.1:${iopub_port}`);
      client.#heartbeat.connect(`tcp://127.0.0.1:${hb_port}`);
      client.#iopub.subscribe();
      void client.#listen(client.#shell, false);
      void client.#listen(client.#control, false);
      void client.#listen(client.#iopub, true);
      // iopub is a broadcast: until the subscription has arrived, its messages are lost to us.
      const deadline = performance.now() + patience;
      const ended = once(child, 'close').then(([code]) => {
        throw new Error(`The kernel ended with ${code}. ${client.log}`);
      });
      if (interrupted) {
        const asked = client.request('interrupt_request', {}, { control: true, waitForIdle: false });
        assert.equal((await Promise.race([ended, asked])).reply.status, 'ok');
      }
      for (;;) {
        const busy = client.iopub.length;
        await Promise.race([ended, client.request('kernel_info_request', {}, { waitForIdle: false })]);
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (client.iopub.length > busy) return client;
        if (performance.now() > deadline) throw new Error(`The kernel's iopub stays silent. ${client.log}`);
      }
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #listen(socket: Dealer | Subscriber, iopub: boolean): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.unpack(frames as Buffer[]);
      if (iopub) this.iopub.push(message);
      const pending = this.#pending.get(message.parent?.msg_id ?? '');
      if (!pending) continue;
      if (!iopub) pending.reply = message.content;
      else {
        pending.messages.push(message);
        if (message.header.msg_type === 'status' && message.content.execution_state === 'idle') pending.idle = true;
      }
      pending.settle();
    }
  }

  /** Sends a request and resolves with its reply and, on iopub, everything up to its idle. */
  request(
    type: string,
    content: Content,
    { timeout = patience, waitForIdle = true, control = false } = {},
  ): Promise<Outcome> & { readonly id: string; readonly messages: Message[] } {
    const header = this.#wire.header(type);
    const messages: Message[] = [];
    const promise = new Promise<Outcome>((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = messages.map((message) => message.header.msg_type).slice(-20);
        reject(
          new Error(`No ${pending.reply ? 'idle' : 'reply'} to ${type} in ${timeout} ms; iopub: ${seen}; ${this.log}`),
        );
      }, timeout);
      const pending: Pending = {
        messages,
        idle: false,
        settle: () => {
          if (!pending.reply || (waitForIdle && !pending.idle)) return;
          clearTimeout(timer);
          resolve(outcome(pending.reply, messages));
        },
      };
      this.#pending.set(header.msg_id, pending);
    });
    const frames = this.#wire.pack({ identities: [], header, parent: undefined, metadata: {}, content });
    const socket = control ? this.#control : this.#shell;
    this.#sending = this.#sending.then(() => socket.send(frames as Buffer[]));
    return Object.assign(promise, { id: header.msg_id, messages });
  }

  #sending: Promise<void> = Promise.resolve();

  execute(code: string, { timeout = patience, ...content }: { timeout?: number } & Content = {}) {
    const request = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    return this.request('execute_request', { ...request, stop_on_error: true, ...content }, { timeout });
  }

  interrupt() {
    return this.request('interrupt_request', {}, { control: true });
  }

  async ping(): Promise<void> {
    await this.#heartbeat.send('ping');
    await within(this.#heartbeat.receive(), patience, 'heartbeat');
  }

  /** Ends the kernel as Jupyter does: a request first, then, if need be, SIGKILL. */
  async close(): Promise<void> {
    try {
      if (this.process.exitCode === null && this.process.signalCode === null) {
        await this.request(
          'shutdown_request',
          { restart: false },
          { control: true, timeout: 3_000, waitForIdle: false },
        );
        await within(this.exited, 3_000, 'the exit of the kernel');
      }
    } catch {
      // Judged by the tests of shutdown; here only cleanliness counts.
    } finally {
      this.process.kill('SIGKILL');
      for (const socket of [this.#shell, this.#control, this.#iopub, this.#heartbeat]) socket.close();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

function outcome(reply: Content, messages: Message[]): Outcome {
  const all = (type: string) => messages.filter((m) => m.header.msg_type === type).map((m) => m.content);
  return {
    reply,
    messages,
    all,
    stream: (name) =>
      all('stream')
        .filter((content) => content.name === name)
        .map((content) => content.text)
        .join(''),
  };
}
